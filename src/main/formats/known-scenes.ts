/** A public scene that is recognised by its files, so that its materials get their names. */
export interface KnownScene {
  /** Its id in `datasets/catalogue.json`, which says more; a test keeps the two alike. */
  id: string
  title: string
  citation: string
  /** In the order of its truth files; empty where it has none. */
  materials: readonly string[]
  files: readonly { bytes: number; sha256: string }[]
}

export const knownScenes: readonly KnownScene[] = [
  {
    id: 'samson',
    title: 'Samson',
    citation:
      'F. Zhu, Y. Wang, B. Fan, S. Xiang, G. Meng, C. Pan: Spectral unmixing via data-guided sparsity. IEEE Transactions on Image Processing 23(12), 2014. Truth: F. Zhu, arXiv:1708.05125, 2017.',
    materials: ['Soil', 'Tree', 'Water'],
    files: [
      { bytes: 3604014, sha256: '1ebacaf7cd32bfc31c0ee3fd56c63a7f29a434893a8b45705fb59cd8a0c8beb6' },
      { bytes: 3735621, sha256: '49530e80d0dabf6b1fb9cde2d6cf257f89a344afe9c13b2cc912eb22f344de18' },
    ],
  },
]

/** The public scene a file belongs to, told by size and SHA-256; null for any other file. */
export function sceneOfFile(bytes: number, sha256: string): KnownScene | null {
  return (
    knownScenes.find(({ files }) => files.some((file) => file.bytes === bytes && file.sha256 === sha256)) ??
    null
  )
}
