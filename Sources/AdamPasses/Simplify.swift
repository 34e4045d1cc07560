// simplify: rewrites that give the same bits.
// After this pass no operation is one of the identities listed here.
import AdamIR
import AdamSource

/// A rewrite is allowed only when every bit of the result stays, for every operand including -0, inf
/// and NaN (a NaN stays one; which of the many is no part of any result). No tensor holds a subnormal,
/// and kernels make none. What is rewritten, and why it is exact:
/// - x · 1, x / 1, x − 0, x + (−0) → x: IEEE gives x back, -0 too.
/// - x + 0 → x where x is never -0 (exp, abs, sigmoid, softmax, x·x): only -0 + 0 is another number.
/// - −(−x), not (not x) → x; x · −1, x / −1, −0 − x → −x: only the sign changes hands.
/// - x − (−y) → x + y; x + (−y) → x − y; (−x)·(−y) → x·y; (−x)/(−y) → x/y: IEEE defines the difference
///   as the sum with the sign changed, and a product's sign is the signs' product.
/// - x / 2ᵏ → x · 2⁻ᵏ where both are normal: both are the exact number, rounded or flushed once.
/// - max(x, x), min(x, x), where(c, x, x) → x; |−x| → |x|; f(f(x)) → f(x) for abs, relu, floor, round.
/// - max and min over axes of size 1 → reshape: the largest of one is it.
/// - reshape, transpose, broadcast_to, cast, slice and concat that change nothing → x; two of a kind →
///   one of them; transpose of axes of size 1 → reshape: the elements and their order stay.
/// - matmul of a transposed matrix → matmul that reads it transposed: the same products in the same
///   order of k.
/// - broadcast_to of a constant → the larger constant
/// - an elementwise operand that was stretched by broadcast_to, or a constant with axes → the
///   smaller operand, where the op stretches it itself to the same type
///
/// Not exact, so left alone: x + 0 (-0), x · 0 (inf, NaN), x − x, x / x (inf, NaN, 0), −(x − y) (0),
/// a sum of one term (-0), x / c by any other reciprocal, and every law that moves brackets.
extension Pass {
  package static let simplify = Pass(
    "simplify", purpose: "rewrite what gives the same bits with less work"
  ) { function in
    var simplification = Simplification(Rewriting(function))
    for operation in function.operations { simplification.visit(operation) }
    return simplification.rewriting.finish()
  }
}

struct Simplification {
  var rewriting: Rewriting

  fileprivate init(_ rewriting: Rewriting) { self.rewriting = rewriting }

  fileprivate mutating func visit(_ operation: Operation) {
    let type = operation.results.first.map { rewriting.source.type($0) }
    let moved = combined(rewriting.translated(operation), type: type)
    let copy = multiplied(checked(cheaper(unstretched(moved)), instead: moved, type))
    if let same = identity(copy), rewriting.output.type(same) == type {
      rewriting.replace(operation.results[0], by: same)
    } else {
      rewriting.append(copy)
    }
  }

  /// A rewrite must give the type that was there.
  private func checked(_ copy: Operation, instead old: Operation, _ type: TensorType?) -> Operation {
    guard copy != old, let type else { return copy }
    return types(copy) == [type] ? copy : old
  }

  // MARK: What operands are

  /// The operation that makes an operand of this op.
  func maker(_ id: ValueID, _ op: OpDefinition) -> Operation? {
    rewriting.definition(id).flatMap { $0.op == op ? $0 : nil }
  }

  /// The operand of the negation that makes this value.
  func negated(_ id: ValueID) -> ValueID? { maker(id, .neg)?.operands.first }

  func constant(_ id: ValueID) -> Double? { maker(id, .full)?.attributes.float("value") }

  func isConstant(_ id: ValueID, _ wanted: Double) -> Bool {
    constant(id).map { $0 == wanted && $0.sign == wanted.sign } ?? false
  }

  func sizes(_ id: ValueID) -> [Int]? { rewriting.output.type(id).shape.sizes }

  /// What the op gives for these operands; nil when it refuses them.
  private func types(_ operation: Operation) -> [TensorType]? {
    let operands = operation.operands.map { rewriting.output.type($0) }
    return try? operation.op.inferTypes(operands, operation.attributes)
  }

  // MARK: Stretched operands

  /// Takes stretched operands as they were before, where the result's type stays.
  private func unstretched(_ operation: Operation) -> Operation {
    guard operation.op.traits.contains(.elementwise), operation.operands.count > 1 else {
      return operation
    }
    var copy = operation
    for (place, operand) in operation.operands.enumerated() {
      guard let source = maker(operand, .broadcastTo)?.operands.first else { continue }
      var trial = copy
      trial.operands[place] = source
      if types(trial) == types(copy) { copy = trial }
    }
    return copy
  }
}
