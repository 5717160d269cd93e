export type {
  Context as NativeContext,
  ArraySource,
  CubeInput,
  HoldOut,
  Info,
  NmfGraph,
  NmfParams,
  Normalisation,
  ObservedInput,
  RankChoice,
  SolveSystemParams,
  SystemInput,
  TableHoldOut,
  TableInput,
  TensorAccuracy,
  TensorInput,
} from '../../native/node/index'
export { callNative, fromNativeError, loadNative, type NativeAddon } from '../../native/addon'
