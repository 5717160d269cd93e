import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { quietContext, temporaryFolder } from '../../../test/fixtures/temporary-folder'
import { readWhole } from './array-reader'
import { matlabImporter } from './matlab'
import { readMatlabDirectory } from './matlab5-directory'
import { readNumbers, readStrings } from './matlab5-values'
import { readNpyHeader } from './npy'
import { withFile } from './random-access-file'

const hasScipy = spawnSync('python3', ['-c', 'import numpy, scipy.io']).status === 0
const folder = temporaryFolder()

async function python(code: string): Promise<string> {
  return (await promisify(execFile)('python3', ['-c', code])).stdout
}

describe.skipIf(!hasScipy)(
  `files written by SciPy and NumPy${hasScipy ? '' : ' (skipped: python3 with numpy and scipy is missing)'}`,
  () => {
    test.each([true, false])(
      'a MATLAB file with every kind of variable, compressed: %s',
      async (compressed) => {
        const path = join(await folder.make(), 'scipy.mat')
        await python(`
import numpy as np, scipy.io as s, scipy.sparse as sp
t = {f'a_{n}': np.arange(24, dtype=n).reshape(2, 3, 4) for n in 'float64 float32 int8 uint8 int16 uint16 int32 uint32 int64 uint64'.split()}
t.update(word='Grün', rows=np.array(['soil', 'water']), cells=np.array(['a', 'Bäume', ''], dtype=object), struct={'x': 1, 'y': 'z'},
  sparse=sp.eye(5, format='csc'), wave=np.ones((2, 2)) * 1j, yes=np.array([[True, False]]), numbers=np.array([1.5, np.nan, -np.inf]))
s.savemat(${JSON.stringify(path)}, t, do_compression=${compressed ? 'True' : 'False'}, oned_as='column')
`)
        await withFile(path, async (file) => {
          const directory = await readMatlabDirectory(file)
          const named = new Map(directory.variables.map((variable) => [variable.name, variable]))
          const get = (name: string) => {
            const variable = named.get(name)
            if (variable === undefined) throw new Error(`No ${name}`)
            return variable
          }
          for (const name of named.keys()) {
            if (!name.startsWith('a_')) continue
            expect(get(name)).toMatchObject({ shape: [2, 3, 4], dtype: name.slice(2) })
            const values = await readNumbers(file, directory, get(name))
            // Element (1, 2, 3) in MATLAB's order is the last one, 23; element (1, 0, 0) is 12.
            expect([values[23], values[1], values.length]).toEqual([23, 12, 24])
          }
          expect(await readStrings(file, directory, get('word'))).toEqual(['Grün'])
          expect(await readStrings(file, directory, get('rows'))).toEqual(['soil', 'water'])
          expect(await readStrings(file, directory, get('cells'))).toEqual(['a', 'Bäume', ''])
          expect([...(await readNumbers(file, directory, get('numbers')))]).toEqual([1.5, NaN, -Infinity])
          expect(get('struct').className).toBe('struct')
          expect(get('sparse')).toMatchObject({ className: 'sparse', shape: [5, 5] })
          expect(get('wave').complex).toBe(true)
          expect(get('yes').shape).toEqual([1, 2])
        })
      },
    )

    test('an imported cube is what NumPy loads', async () => {
      const place = await folder.make()
      const path = join(place, 'scene.mat')
      await python(`
import numpy as np, scipy.io as s
s.savemat(${JSON.stringify(path)}, {'Y': np.random.default_rng(1).random((30, 12 * 7), dtype=np.float32), 'nRow': 12, 'nCol': 7})
`)
      await matlabImporter.import([path], {}, quietContext(place))
      const agrees = await python(`
import numpy as np, scipy.io as s
cube = np.load(${JSON.stringify(join(place, 'cube.npy'))})
print(cube.dtype, cube.shape, (cube == s.loadmat(${JSON.stringify(path)})['Y'].T.reshape(12, 7, 30, order='F')).all())
`)
      expect(agrees.trim()).toBe('float32 (12, 7, 30) True')
    })

    test('arrays that NumPy wrote, in either order and byte order', async () => {
      const place = await folder.make()
      await python(`
import numpy as np
a = np.arange(24).reshape(2, 3, 4)
for name in ['<f8', '>f4', '<i2', '>u4', '<i8', '|u1']:
  for order in 'CF':
    np.save(${JSON.stringify(place)} + '/' + name[1:] + order + '.npy', np.array(a, dtype=name, order=order))
`)
      for (const name of ['f8', 'f4', 'i2', 'u4', 'i8', 'u1']) {
        for (const order of ['C', 'F']) {
          const path = join(place, `${name}${order}.npy`)
          const layout = await readNpyHeader(path)
          const { values, shape } = await readWhole({ ...layout, path })
          expect(shape).toEqual([2, 3, 4])
          expect([...values]).toEqual(Array.from({ length: 24 }, (_, index) => index))
        }
      }
    })
  },
)
