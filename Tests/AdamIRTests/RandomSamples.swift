// Operands of random shapes for an op: every rank to 4, axes of size 1, everything that stretches.
import AdamIR
import AdamTestSupport

extension OpSample {
  /// A random relative of the op's fixed samples; one of those where the op's family is not known.
  static func random(_ op: OpDefinition, _ draws: inout ProbeDraws) -> OpSample? {
    guard let samples = of(op), !samples.isEmpty else { return nil }
    let sample = samples[draws.below(samples.count)]
    for candidate in [sample.reshaped(op, &draws), sample.withOneShape(&draws)].compactMap(\.self) {
      if (try? op.inferTypes(candidate.operands, candidate.attributes)) != nil { return candidate }
    }
    return sample
  }

  private func with(_ shapes: [[Int]], _ attributes: Attributes? = nil) -> OpSample {
    var copy = self
    copy.operands = zip(operands, shapes).map { TensorType($0.element, Shape(sizes: $1)) }
    copy.attributes = attributes ?? self.attributes
    return copy
  }

  private func reshaped(_ op: OpDefinition, _ draws: inout ProbeDraws) -> OpSample? {
    let shape = draws.shape()
    if op.traits.contains(.elementwise) { return with(operands.map { _ in draws.stretching(to: shape) }) }
    if attributes.ints("axes") != nil { return reducing(op, shape, &draws) }
    return moving(op, shape, &draws) ?? multiplying(op, shape, &draws) ?? comparing(op, shape, &draws)
  }

  /// All operands of one shape, along one of its axes if the op has an axis.
  private func withOneShape(_ draws: inout ProbeDraws) -> OpSample? {
    // Whole numbers are indices into another operand's sizes, and different shapes have their reason.
    guard operands.allSatisfy({ $0.element == .f32 }), Set(operands).count == 1, operands.count < 3 else { return nil }
    if attributes.entries.count > 1 { return nil }
    let shape = draws.shape(rank: attributes.int("axis") == nil ? 0 : 1)
    let all = with(operands.map { _ in shape })
    guard attributes.int("axis") != nil, attributes.entries.count == 1 else { return all }
    return with(operands.map { _ in shape }, ["axis": .int(draws.below(shape.count))])
  }

  private func reducing(_ op: OpDefinition, _ shape: [Int], _ draws: inout ProbeDraws) -> OpSample? {
    let axes = shape.indices.filter { _ in draws.below(2) == 0 }
    let keeps = draws.below(2) == 0
    let new: Attributes = ["axes": .ints(Array(axes)), "keepdims": .bool(keeps)]
    if operands.count == 1 { return with([shape], new) }
    var reduced = shape.indices.filter { keeps || !axes.contains($0) }.map { axes.contains($0) ? 1 : shape[$0] }
    if operands.count != 2 { reduced = [] }
    return with([reduced, shape], new)
  }

  private func moving(_ op: OpDefinition, _ shape: [Int], _ draws: inout ProbeDraws) -> OpSample? {
    let axis = draws.below(max(1, shape.count))
    switch op {
    case .broadcastTo: return with([draws.stretching(to: shape)], ["shape": .ints(shape)])
    case .reshape: return with([shape], ["shape": .ints(shape.reversed() + [1])])
    case .transpose: return with([shape], ["permutation": .ints(draws.order(shape.count))])
    case .slice where !shape.isEmpty:
      let start = draws.below(shape[axis])
      let bounds = (start, start + 1 + draws.below(shape[axis] - start), 1 + draws.below(2))
      return with(
        [shape],
        ["axis": .int(axis), "start": .int(bounds.0), "end": .int(bounds.1), "step": .int(bounds.2)])
    case .concat where !shape.isEmpty:
      var other = shape
      other[axis] = 1 + draws.below(3)
      return with([shape, other] + operands.dropFirst(2).map { _ in shape }, ["axis": .int(axis)])
    default: return nil
    }
  }

  private func multiplying(_ op: OpDefinition, _ shape: [Int], _ draws: inout ProbeDraws) -> OpSample? {
    let (n, k, m) = (1 + draws.below(3), 1 + draws.below(3), 1 + draws.below(3))
    switch op {
    case .linear: return with([shape + [k], [m, k], [m]])
    case .matmul where operands.allSatisfy { $0.shape.rank == 2 }:
      let (first, second) = (attributes.bool("transpose_a") == true, attributes.bool("transpose_b") == true)
      return with([first ? [k, n] : [n, k], second ? [m, k] : [k, m]])
    default: return nil
    }
  }

  private func comparing(_ op: OpDefinition, _ shape: [Int], _ draws: inout ProbeDraws) -> OpSample? {
    let (rows, classes) = (1 + draws.below(3), max(labels, 2))
    switch op {
    case .nllLoss: return with([[rows, classes], [rows]])
    case .nllLossGrad: return with([[], [rows], [rows, classes]])
    case .mseLossGrad, .bceWithLogitsGrad: return with([[], shape, shape])
    default: return nil
    }
  }
}

extension ProbeDraws {
  /// Few elements, often an axis of size 1.
  mutating func shape(rank least: Int = 0) -> [Int] {
    let rank = Swift.max(least, below(5))
    let shape = (0..<rank).map { _ in Swift.max(1, below(4)) }
    return shape.reduce(1, *) > 12 ? Array(shape.prefix(Swift.max(least, 2))) : shape
  }

  /// A shape that stretches to `shape`: some axes 1, some missing in front.
  mutating func stretching(to shape: [Int]) -> [Int] {
    Array(shape.map { below(3) == 0 ? 1 : $0 }.dropFirst(below(3) == 0 ? below(shape.count + 1) : 0))
  }

  mutating func order(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for place in order.indices.reversed() { order.swapAt(place, below(place + 1)) }
    return order
  }
}
