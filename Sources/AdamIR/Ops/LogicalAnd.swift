// logical_and: both hold.

extension OpDefinition {
  package static let logicalAnd: OpDefinition = .logical(
    "logical_and", "Whether two truth values both hold.", "y = a and b", operands: 2,
    traits: .commutative, holds: { $0[0] && $0[1] })
}
