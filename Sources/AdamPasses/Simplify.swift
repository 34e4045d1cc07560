// simplify: rewrites that give the same bits.
// After this pass no operation is one of the identities listed here.
import AdamIR
import AdamSource

/// A rewrite is allowed only when every bit of the result stays, for every operand including -0, inf
/// and NaN. So x + 0 stays (it turns -0 into 0), x · 0 stays (inf), and constants are not folded
/// (that would compute outside the kernels). What is rewritten:
/// - x · 1, 1 · x, x / 1, x − 0, x + (−0), −(−x) → x
/// - reshape, transpose, broadcast_to and cast that change nothing → x
/// - reshape of a reshape, transpose of a transpose → one of them
/// - broadcast_to of a constant → the larger constant
/// - an elementwise operand that was stretched by broadcast_to, or a constant with axes → the
///   smaller operand, where the op stretches it itself to the same type
extension Pass {
  package static let simplify = Pass(
    "simplify", purpose: "rewrite what gives the same bits with less work"
  ) { function in
    var simplification = Simplification(rewriting: Rewriting(function))
    for operation in function.operations { simplification.visit(operation) }
    return simplification.rewriting.finish()
  }
}

private struct Simplification {
  var rewriting: Rewriting

  mutating func visit(_ operation: Operation) {
    let type = type(of: operation)
    let copy = combined(unstretched(rewriting.translated(operation)), type: type)
    if let same = identity(copy), rewriting.output.type(same) == type {
      rewriting.replace(operation.results[0], by: same)
    } else {
      rewriting.append(copy)
    }
  }

  private func type(of operation: Operation) -> TensorType? {
    operation.results.first.map { rewriting.source.type($0) }
  }

  /// The operand that equals the result bit for bit, if its type agrees as well.
  private func identity(_ operation: Operation) -> ValueID? {
    let operands = operation.operands
    guard let first = operands.first, let last = operands.last else { return nil }
    switch operation.op {
    case .mul: return isConstant(last, 1) ? first : isConstant(first, 1) ? last : nil
    case .div: return isConstant(last, 1) ? first : nil
    case .sub: return isConstant(last, 0, .plus) ? first : nil
    case .add:
      return isConstant(last, 0, .minus) ? first : isConstant(first, 0, .minus) ? last : nil
    case .neg:
      guard let inner = rewriting.definition(first), inner.op == .neg else { return nil }
      return inner.operands.first
    case .reshape, .broadcastTo, .cast: return first
    case .transpose:
      let permutation = operation.attributes.ints("permutation") ?? []
      return permutation == Array(permutation.indices) ? first : nil
    default: return nil
    }
  }

  private func isConstant(
    _ id: ValueID, _ wanted: Double, _ sign: FloatingPointSign = .plus
  ) -> Bool {
    guard let value = constant(id) else { return false }
    return value == wanted && value.sign == sign
  }

  private func constant(_ id: ValueID) -> Double? {
    guard let operation = rewriting.definition(id), operation.op == .full else { return nil }
    return operation.attributes.float("value")
  }

  /// Joins a movement with the movement that made its operand.
  private func combined(_ operation: Operation, type: TensorType?) -> Operation {
    var copy = operation
    guard let first = copy.operands.first, let inner = rewriting.definition(first) else {
      return copy
    }
    if copy.op.traits.contains(.view), inner.op.traits.contains(.view) {
      copy.operands = inner.operands
    } else if copy.op == .transpose, inner.op == .transpose,
      let outer = copy.attributes.ints("permutation"),
      let moved = inner.attributes.ints("permutation")
    {
      copy.operands = inner.operands
      copy.attributes = ["permutation": .ints(outer.map { moved[$0] })]
    } else if copy.op == .broadcastTo, let value = constant(first), let type {
      copy.op = .full
      copy.operands = []
      copy.attributes = ["value": .float(value), "type": .type(type)]
    }
    return copy
  }

  /// Takes stretched operands as they were before, where the result's type stays.
  private func unstretched(_ operation: Operation) -> Operation {
    guard operation.op.traits.contains(.elementwise), operation.operands.count > 1 else {
      return operation
    }
    var copy = operation
    for (place, operand) in operation.operands.enumerated() {
      guard let inner = rewriting.definition(operand), inner.op == .broadcastTo,
        let source = inner.operands.first
      else { continue }
      var trial = copy
      trial.operands[place] = source
      if types(trial) == types(copy) { copy = trial }
    }
    return copy
  }

  /// What the op gives for these operands; nil when it refuses them.
  private func types(_ operation: Operation) -> [TensorType]? {
    let operands = operation.operands.map { rewriting.output.type($0) }
    return try? operation.op.inferTypes(operands, operation.attributes)
  }
}
