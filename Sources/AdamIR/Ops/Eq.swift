// eq: equal elements.

extension OpDefinition {
  package static let eq: OpDefinition = .comparison(
    "eq", "Whether two elements are equal.", "y = a == b", traits: .commutative, orders: false,
    holds: { $0 == $1 })
}
