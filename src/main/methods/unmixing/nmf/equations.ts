/** Pieces of the objectives and updates that the methods of the family share. */
export const squares = String.raw`\tfrac12 \lVert \mathbf Y - \mathbf M \mathbf A \rVert_F^2`
export const sumToOne = String.raw`\tfrac{\delta^2}{2} \lVert \mathbf 1^{\mathsf T} - \mathbf 1^{\mathsf T} \mathbf A \rVert^2`
export const roughness = String.raw`\tfrac{\lambda}{2} \operatorname{tr}\bigl(\mathbf A \mathbf L \mathbf A^{\mathsf T}\bigr)`

/** The objective as a formula of its terms. */
export function objective(...terms: string[]): string {
  return String.raw`\min_{\mathbf M, \mathbf A \ge 0}\ ${terms.join(' + ')}`
}

/** Says what the symbols of every objective are. */
export const symbols =
  'Y: pixels, a column each; M: endmembers; A: abundances; δ: weight of the sum to one, kept by a heavy row appended to Y and M.'

/** Says what the graph is. */
export const graphSymbols =
  'L = D − W: Laplacian of the graph that joins every pixel with those in its window that look most like it, with heat-kernel weights W.'

/** The multiplicative update of the endmembers, which is the same for all. */
export const endmemberUpdate = String.raw`\mathbf M \leftarrow \mathbf M \circ \frac{\mathbf Y \mathbf A^{\mathsf T}}{\mathbf M \mathbf A \mathbf A^{\mathsf T}}`

/** Says how the updates are applied. */
export const updating =
  'Products and quotients marked ∘ and — are taken entry by entry. Between two readings of the cube either update is applied four times. The objective never rises.'

/** Advice that holds for every method of the family. */
export const commonAdvice = `
- **The start decides.** The problem has many local minima. Several vertex component analyses are tried and the one that explains the scene best is kept; if its picked pixels lie on dim or odd pixels, change the seed or give a start of your own.
- **Data must not be negative.** Choose what happens with negative values; clipping is counted and reported.
- **Weights are relative.** They are multiplied by the mean energy of a pixel, so that they mean the same for any scale of the data; for pixels of unit length they are what they say.`
