import { describe, expect, test } from 'vitest'
import { parseEnviHeader } from './envi-header'
import { enviScene } from './envi-scene'

const smallest = 'samples = 3\nlines = 2\nbands = 4\ndata type = 4\ninterleave = bil\nbyte order = 0\n'

function sceneOf(text: string) {
  return enviScene(parseEnviHeader(text, 'scene.hdr'))
}

describe('parsing ENVI headers', () => {
  test('keys in any case, inner blanks, comments, braces over lines, CRLF, a byte order mark', () => {
    const header = parseEnviHeader(
      '\uFEFFENVI\r\n; a comment = {\r\nDescription = {\r\n two, lines = here\r\n; left out\r\n of text}\r\nSAMPLES=3\r\n  Data   Type = 4\r\nwavelength = { 0.4 , 0.5,\r\n0.6\r\n,0.7, }\r\n',
      'a.hdr',
    )
    expect(header.text('description')).toBe('two, lines = here  of text')
    expect(header.count('samples')).toBe(3)
    expect(header.count('data type')).toBe(4)
    expect(header.numbers('wavelength')).toEqual([0.4, 0.5, 0.6, 0.7])
    expect(header.numbers('fwhm')).toBeNull()
    expect(header.count('header offset', 0)).toBe(0)
  })

  test('the first of two equal keys counts, and a value may hold an equals sign', () => {
    const header = parseEnviHeader('ENVI\nbands = 2\nbands = 3\nmap info = {UTM, units=Meters}\n', 'a.hdr')
    expect(header.count('bands')).toBe(2)
    expect(header.text('map info')).toBe('UTM, units=Meters')
  })

  test.each([
    ['BYTEORDER I\nLAYOUT BIL\n', /a\.hdr is not an ENVI header: its first line is not "ENVI"/],
    ['ENVIRONMENT\n', /not an ENVI header/],
    ['', /not an ENVI header/],
    ['ENVI\nwavelength = {1, 2,\n3', /opens a brace at "wavelength" and never closes it/],
  ])('refuses %j', (text, message) => {
    expect(() => parseEnviHeader(text, 'a.hdr')).toThrow(message)
  })
})

describe('the meaning of a header', () => {
  test('everything a cube may say', () => {
    const scene = sceneOf(
      `ENVI\n${smallest}header offset = 16
wavelength units = Nanometers
wavelength = {400, 500, 600, 700}
fwhm = {10, 10, 10, 10}
bbl = {1.0, 0.0, 1, 1}
default bands = {4, 2, 1}
data ignore value = -9999
reflectance scale factor = 10000
band names = {a, b, c, d}
description = {Test}`,
    )
    expect(scene).toMatchObject({
      layout: { dtype: 'float32', byteOrder: 'little', offset: 16, shape: [2, 3, 4], strides: [12, 1, 3] },
      wavelengths: [400, 500, 600, 700],
      wavelengthUnit: 'nm',
      bandWidths: [10, 10, 10, 10],
      goodBands: [true, false, true, true],
      displayBands: [3, 1, 0],
      noDataValue: -9999,
      scale: 0.0001,
      reflectance: true,
      bandNames: ['a', 'b', 'c', 'd'],
      description: 'Test',
      warnings: [],
    })
  })

  test('lists of the wrong length and unknown units are told, not used', () => {
    const scene = sceneOf(
      `ENVI\n${smallest}wavelength units = Unknown\nwavelength = {0.4, 0.5, 0.6, 0.7}\nbbl = {1, 0}\nfwhm = {x, 2, 3, 4}\ndefault bands = {9, 2, 1}\nreflectance scale factor = 0`,
    )
    expect(scene.wavelengthUnit).toBe('µm')
    expect(scene.goodBands).toBeNull()
    expect(scene.displayBands).toBeNull()
    expect(scene.scale).toBe(1)
    expect(scene.warnings).toHaveLength(5)
    expect(scene.warnings.join(' ')).toMatch(/"bbl" in scene\.hdr has 2 entries for 4 bands/)
  })

  test('NaN and infinity, which no dataset can keep, are left out', () => {
    expect(sceneOf(`ENVI\n${smallest}data ignore value = NaN`)).toMatchObject({
      noDataValue: null,
      warnings: [],
    })
    const odd = sceneOf(`ENVI\n${smallest}data ignore value = -inf\nwavelength = {1, 2, Infinity, 4}`)
    expect(odd).toMatchObject({ noDataValue: null, wavelengths: null })
    expect(odd.warnings).toHaveLength(2)
  })

  test('a single default band is grey, wavelengths that fall are told', () => {
    const scene = sceneOf(
      `ENVI\n${smallest}default bands = {2}\nwavelength = {700, 600, 500, 400}\nwavelength units = nm`,
    )
    expect(scene.displayBands).toEqual([1, 1, 1])
    expect(scene.warnings.join(' ')).toMatch(/do not rise/)
  })

  test.each([
    ['data type = 4', 'data type = 6', /complex numbers \(complex64\)/],
    ['data type = 4', 'data type = 9', /complex numbers \(complex128\)/],
    ['data type = 4', 'data type = 7', /data type 7, which ENVI does not define/],
    ['data type = 4', '', /no "data type"/],
    ['bands = 4', 'bands = 4.5', /"bands = 4.5"; a whole number is needed/],
    ['bands = 4', 'bands = -1', /a whole number is needed/],
    ['bands = 4', 'bands = 0', /empty scene/],
    ['bands = 4', 'bands = 1000000000000000', /24,000,000,000,000,000|no disk holds/],
    ['interleave = bil', 'interleave = tile', /interleave "tile"; it must be bsq, bil or bip/],
    ['byte order = 0', 'byte order = 3', /byte order = 3/],
    ['byte order = 0', 'file compression = 1', /is compressed/],
    ['byte order = 0', 'major frame offsets = {0, 8}', /extra bytes between its lines/],
  ])('%s → %j is refused in one sentence', (from, to, message) => {
    expect(() => sceneOf(`ENVI\n${smallest.replace(from, to)}`)).toThrow(message)
  })
})
