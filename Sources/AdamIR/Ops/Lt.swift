// lt: a below b.

extension OpDefinition {
  package static let lt: OpDefinition = .comparison(
    "lt", "Whether an element is below another.", "y = a < b", orders: true, holds: { $0 < $1 })
}
