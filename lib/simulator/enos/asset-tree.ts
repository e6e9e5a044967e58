export interface TreeSeed {
  treeId: string
  /** An asset of its own, not a device. */
  rootAssetId: string
  name: string
  orgId: string
}

/** Devices below a root asset, each once. */
export class AssetTree {
  /** The parent's asset id by that of the child; the root has none. */
  readonly #parents = new Map<string, string>()

  constructor(readonly seed: Readonly<TreeSeed>) {}

  has(assetId: string): boolean {
    return assetId === this.seed.rootAssetId || this.#parents.has(assetId)
  }

  add({ assetId }: { assetId: string }, parentAssetId: string): void {
    this.#parents.set(assetId, parentAssetId)
  }

  /** What hung below a device that is gone hangs below its parent. */
  remove({ assetId }: { assetId: string }): void {
    const above = this.#parents.get(assetId)
    this.#parents.delete(assetId)
    if (above === undefined) return
    for (const [child, parent] of this.#parents) if (parent === assetId) this.#parents.set(child, above)
  }

  /** Upwards from the parent to the root. */
  ancestorsOf(assetId: string): string[] {
    const ancestors: string[] = []
    for (let parent = this.#parents.get(assetId); parent !== undefined; parent = this.#parents.get(parent)) {
      ancestors.push(parent)
    }
    return ancestors
  }

  isChild(assetId: string, parentAssetId: string): boolean {
    return this.#parents.get(assetId) === parentAssetId
  }
}
