// cse: computes equal operations once.
// After this pass no two operations without effect have the same op, operands and attributes.
import AdamIR

extension Pass {
  /// The first of equal operations stays, with its place in the source. Operands of commutative ops
  /// may stand in either order: IEEE sums and products do not depend on it. Operations with effect
  /// (random draws) are never merged.
  package static let cse = Pass(
    "cse", purpose: "compute equal operations once"
  ) { function in
    struct Key: Hashable {
      var op: OpDefinition
      var operands: [ValueID]
      var attributes: Attributes
      /// The sign of a zero distinguishes constants that compare equal.
      var zeroSigns: [Bool]
    }
    var seen: [Key: [ValueID]] = [:]
    var rewriting = Rewriting(function)
    for operation in function.operations {
      let copy = rewriting.translated(operation)
      if copy.op.traits.contains(.effect) {
        rewriting.append(copy)
        continue
      }
      let isCommutative = copy.op.traits.contains(.commutative)
      let key = Key(
        op: copy.op, operands: isCommutative ? copy.operands.sorted() : copy.operands,
        attributes: copy.attributes, zeroSigns: zeroSigns(copy.attributes))
      if let results = seen[key] {
        for (old, new) in zip(operation.results, results) { rewriting.replace(old, by: new) }
      } else {
        rewriting.append(copy)
        seen[key] = operation.results.map { rewriting.mapped($0) }
      }
    }
    return rewriting.finish()
  }

  private static func zeroSigns(_ attributes: Attributes) -> [Bool] {
    attributes.entries.flatMap { entry -> [Bool] in
      switch entry.value {
      case .float(let number): [number.sign == .minus]
      case .body(let body):
        body.steps.flatMap(\.arguments).map { argument in
          if case .scalar(let number) = argument { number.sign == .minus } else { false }
        }
      default: []
      }
    }
  }
}
