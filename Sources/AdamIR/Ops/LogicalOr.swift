// logical_or: at least one holds.

extension OpDefinition {
  package static let logicalOr: OpDefinition = .logical(
    "logical_or", "Whether at least one of two truth values holds.", "y = a or b", operands: 2,
    traits: .commutative, holds: { $0[0] || $0[1] })
}
