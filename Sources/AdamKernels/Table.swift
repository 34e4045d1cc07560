// The table of this instruction set. One source, three modules: the symlinked folders compile it
// again for AVX2 (V3) and AVX-512 (V4).
import AdamKernelABI

#if ADAM_V4
  public func kernelTableV4() -> KernelTable { makeTable("v4") }
#elseif ADAM_V3
  public func kernelTableV3() -> KernelTable { makeTable("v3") }
#else
  public func kernelTableBase() -> KernelTable { makeTable("base") }
#endif

private func makeTable(_ level: String) -> KernelTable {
  KernelTable(
    level: level, panelColumns: Tile.columns, tileRows: Tile.rows,
    elementwise: elementwise, fill: fill, gemmPack: gemmPack,
    gemm: gemm, gemmTurned: gemmTurned, dot16: dot16, sumLast: sumLast, sumRuns: sumRuns, sumFirst: sumFirst,
    sumColumnLanes: sumColumnLanes, sumColumns: sumColumns, extreme: extreme,
    softmax: softmax, logSoftmax: logSoftmax, softmaxGrad: softmaxGrad,
    logSoftmaxGrad: logSoftmaxGrad, layerNorm: layerNorm, layerNormGrad: layerNormGrad,
    attention: attention, attentionGrad: attentionGrad, nllLoss: nllLoss, nllLossGrad: nllLossGrad,
    crossEntropyLoss: crossEntropyLoss, crossEntropyLossGrad: crossEntropyLossGrad, mseLoss: mseLoss,
    mseLossGrad: mseLossGrad, bceWithLogits: bceWithLogits, stridedCopy: stridedCopy, indexSelect: indexSelect,
    indexAdd: indexAdd, adam: adam, adamw: adamw, sgd: sgd,
    convRows: ConvTile.rows, padPlanes: padPlanes, convPack: convPack,
    conv: conv, convWeights: convWeights, addBlocks: addBlocks, maxPool: maxPool, maxPoolGrad: maxPoolGrad)
}
