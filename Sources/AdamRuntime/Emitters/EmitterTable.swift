// Which kernel calls an op becomes: one line per op, one file per family.
import AdamIR
import AdamKernelABI

/// Turns one operation into kernel calls. `view` ops, constants and nothing else have none.
struct Emitter: Sendable {
  let name: String
  let rows: RowRule
  let emit: @Sendable (inout Emission) throws(RuntimeError) -> Void

  init(
    _ name: String, rows: RowRule = .none, _ emit: @escaping @Sendable (inout Emission) throws(RuntimeError) -> Void
  ) {
    self.name = name
    self.rows = rows
    self.emit = emit
  }
}

enum EmitterTable {
  static let all: [Emitter] =
    elementwise + fused + products + reductions + softmax + norms + losses + movement + updates + random

  static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  static let fused = [
    Emitter("fused_elementwise", rows: .alike, emitFused), Emitter("fused_epilogue", emitFusedEpilogue),
  ]

  static let products = [
    Emitter("linear", rows: .product, emitLinear),
    Emitter("matmul", rows: .matmul, emitMatmul),
    Emitter("conv2d", emitConv2d),
    Emitter("conv2d_input_grad", emitConv2dInputGrad),
    Emitter("conv2d_weight_grad", emitConv2dWeightGrad),
    Emitter("max_pool2d", emitMaxPool2d),
    Emitter("max_pool2d_grad", emitMaxPool2dGrad),
    Emitter("conv2d_max_pool2d", emitConv2dMaxPool2d),
  ]

  static let reductions = [
    Emitter("sum", rows: .sum, emitSum),
    Emitter("max_unpool2d_sum", emitMaxUnpool2dSum),
    Emitter("mean", emitMean),
    Emitter("max") { e throws(RuntimeError) in try emitExtreme(&e, smallest: false) },
    Emitter("min") { e throws(RuntimeError) in try emitExtreme(&e, smallest: true) },
    Emitter("max_grad") { e throws(RuntimeError) in try emitExtremeGrad(&e, smallest: false) },
    Emitter("min_grad") { e throws(RuntimeError) in try emitExtremeGrad(&e, smallest: true) },
    Emitter("argmax") { e throws(RuntimeError) in emitExtremePlace(&e, smallest: false) },
    Emitter("argmin") { e throws(RuntimeError) in emitExtremePlace(&e, smallest: true) },
  ]

  static let softmax = [
    Emitter("softmax", rows: .alike) { e throws(RuntimeError) in
      try emitRowwise(&e, e.kernels.softmax, nanosecondsPerElement: 0.6)
    },
    Emitter("attention", emitAttention), Emitter("attention_grad", emitAttentionGrad),
    Emitter("log_softmax", rows: .alike) { e throws(RuntimeError) in
      try emitRowwise(&e, e.kernels.logSoftmax, nanosecondsPerElement: 0.6)
    },
    Emitter("softmax_grad", rows: .alike) { e throws(RuntimeError) in
      try emitRowwise(&e, e.kernels.softmaxGrad, nanosecondsPerElement: 0.3)
    },
    Emitter("log_softmax_grad", rows: .alike) { e throws(RuntimeError) in
      try emitRowwise(&e, e.kernels.logSoftmaxGrad, nanosecondsPerElement: 0.6)
    },
  ]

  static let norms = [
    Emitter("layer_norm", emitLayerNorm), Emitter("layer_norm_grad", emitLayerNormGrad),
  ]

  static let losses = [
    Emitter("nll_loss", emitNllLoss),
    Emitter("nll_loss_grad", emitNllLossGrad),
    Emitter("cross_entropy_loss", emitCrossEntropyLoss),
    Emitter("cross_entropy_loss_grad", emitCrossEntropyLossGrad),
    Emitter("mse_loss") { e throws(RuntimeError) in emitMeanLoss(&e, e.kernels.mseLoss) },
    Emitter("mse_loss_grad", rows: .alike, emitMseLossGrad),
    Emitter("bce_with_logits") { e throws(RuntimeError) in
      emitMeanLoss(&e, e.kernels.bceWithLogits)
    },
  ]

  static let movement = [
    Emitter("broadcast_to", emitBroadcastTo),
    Emitter("transpose", emitTranspose),
    Emitter("slice", emitSlice),
    Emitter("concat", emitConcat),
    Emitter("index_select", emitIndexSelect),
    Emitter("index_select_grad", emitIndexSelectGrad),
  ]

  static let updates = [
    Emitter("adam") { e throws(RuntimeError) in emitUpdate(&e, e.kernels.adam) },
    Emitter("adamw") { e throws(RuntimeError) in emitUpdate(&e, e.kernels.adamw) },
    Emitter("sgd") { e throws(RuntimeError) in emitUpdate(&e, e.kernels.sgd) },
  ]

  static let random = [
    Emitter("dropout_mask", emitDropoutMask),
    Emitter("rand") { e throws(RuntimeError) in emitDraw(&e, { drawUniform($0, $1, $2) }) },
    Emitter("randn") { e throws(RuntimeError) in emitDraw(&e, { drawNormal($0, $1, $2) }) },
    Emitter("randint", emitRandint),
    Emitter("randperm") { e throws(RuntimeError) in emitDraw(&e, { drawPermutation($0, $1, $2) }) },
  ]
}
