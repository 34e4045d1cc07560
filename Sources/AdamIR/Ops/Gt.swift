// gt: a above b.

extension OpDefinition {
  package static let gt: OpDefinition = .comparison(
    "gt", "Whether an element is above another.", "y = a > b", orders: true, holds: { $0 > $1 })
}
