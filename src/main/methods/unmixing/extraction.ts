import type { CubeValue, SolveContext, SolveResult } from '../../../shared/method'
import { callNative, type CubeInput, type Info, type NativeAddon, type NativeContext } from '../native'
import { mixtureArtifacts } from './outputs'
import { checkCube, cubeInput, splitPreparation, type Preparation } from './preparation'
import { solveResult } from './result'

type ExtractionParameters = Preparation & { endmembers: number }

/** Refuses a scene that has not as many bands or pixels as endmembers are asked for. */
export function checkExtraction({ cube }: { cube: CubeValue }, parameters: ExtractionParameters): void {
  checkCube(cube.dataset, parameters, parameters.endmembers)
}

/** Calls a native extraction with the scene as it is to be seen and the method's own parameters, and makes its result. */
export async function extractEndmembers<Parameters extends ExtractionParameters>(
  cube: CubeValue,
  parameters: Parameters,
  context: SolveContext,
  call: (
    native: NativeAddon,
    cube: CubeInput,
    own: Omit<Parameters, keyof Preparation>,
    context: NativeContext,
  ) => Promise<Info>,
): Promise<SolveResult> {
  const { preparation, own } = splitPreparation(parameters)
  const info = await callNative(context, (native, nativeContext) =>
    call(native, cubeInput(cube, preparation), own, nativeContext),
  )
  return solveResult(info, mixtureArtifacts(cube.dataset, preparation, parameters.endmembers))
}
