/** Words that are not written as other words are. */
const spellings: Readonly<Record<string, string>> = {
  rmse: 'RMSE',
  mae: 'MAE',
  snr: 'SNR',
  sad: 'SAD',
  sre: 'SRE',
  nlpd: 'NLPD',
  hfc: 'HFC',
  nwhfc: 'NWHFC',
  hysime: 'HySime',
  vca: 'VCA',
}

/** 'relativeResidual' as 'Relative residual', 'holdOutRmse' as 'Hold out RMSE', 'coverage95' as 'Coverage 95'. */
export function inWords(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([a-z]{2})([0-9])/g, '$1 $2')
    .toLowerCase()
    .split(' ')
    .map((word) => spellings[word] ?? word)
  return capitalised(words.join(' '))
}

/** The same text with its first letter in upper case. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
