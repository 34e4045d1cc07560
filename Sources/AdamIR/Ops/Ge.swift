// ge: a not below b.

extension OpDefinition {
  package static let ge: OpDefinition = .comparison(
    "ge", "Whether an element is not below another.", "y = a >= b", orders: true,
    holds: { $0 >= $1 })
}
