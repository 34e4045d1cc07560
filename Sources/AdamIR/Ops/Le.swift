// le: a not above b.

extension OpDefinition {
  package static let le: OpDefinition = .comparison(
    "le", "Whether an element is not above another.", "y = a <= b", orders: true,
    holds: { $0 <= $1 })
}
