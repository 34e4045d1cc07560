// Attention: a unit is a head of a sequence.
import AdamIR
import AdamKernelABI

/// What both directions say to their kernels, of x [n, places, 3·dim].
private struct Heads {
  let count, heads, places, size, length: Int
  let isCausal: Bool

  init(_ e: Emission, x: Int, weights: [Int]) {
    let sizes = e.operandSizes(x)
    length = weights[3]
    heads = e.attributes.int("heads") ?? 1
    (count, places, size) = (sizes[0] * heads, sizes[1], sizes[2] / 3 / heads)
    isCausal = e.attributes.bool("causal") ?? false
  }

  /// Nanoseconds of one head, for so many products of its matrices.
  func cost(products: Double) -> Double {
    let weights = Double(places) * Double(places) * (isCausal ? 0.6 : 1)
    return 100 + weights * (1 + products * 0.02 * Double(size))
  }

  func configure(_ arguments: inout KernelArguments) {
    (arguments.n0, arguments.n1, arguments.n2, arguments.n3) = (heads, places, size, isCausal ? 1 : 0)
    arguments.n4 = length
    arguments.f0 = Float(1 / Double(size).squareRoot()).flushed
  }
}

@Sendable func emitAttention(_ e: inout Emission) throws(RuntimeError) {
  let heads = Heads(e, x: 0, weights: e.resultSizes(1))
  let cost = Double(heads.count) * heads.cost(products: 2)
  e.emit(e.kernels.attention, [e.operand(0), e.result(0), e.result(1)], units: heads.count, cost: cost) {
    heads.configure(&$0)
  }
}

/// Long sequences get room for their slopes, which some heads after the other use.
@Sendable func emitAttentionGrad(_ e: inout Emission) throws(RuntimeError) {
  let heads = Heads(e, x: 1, weights: e.operandSizes(2))
  let pointers = (0..<3).map { e.operand($0) } + [e.result()]
  let isNear = KernelTable.keepsSlopes(places: heads.places, size: heads.size)
  let slopes = heads.places * heads.length
  let atOnce = isNear ? max(heads.count, 1) : min(heads.count, max(mostSlopes / max(slopes, 1), 4))
  let room = isNear ? nil : e.scratch(atOnce * slopes)
  for first in stride(from: 0, to: heads.count, by: max(atOnce, 1)) {
    let units = min(atOnce, heads.count - first)
    e.emit(
      e.kernels.attentionGrad, pointers + [room], units: units, cost: Double(units) * heads.cost(products: 4)
    ) {
      heads.configure(&$0)
      $0.n5 = first
    }
  }
}

/// Numbers that may still be in a cache when they are read.
private let mostSlopes = 1 << 20
