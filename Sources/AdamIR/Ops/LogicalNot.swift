// logical_not: does not hold.

extension OpDefinition {
  package static let logicalNot: OpDefinition = .logical(
    "logical_not", "Whether a truth value does not hold.", "y = not a", operands: 1,
    holds: { !$0[0] })
}
