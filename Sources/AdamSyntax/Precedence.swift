// How tightly operators bind: one table for the parser and the reference.

/// Levels from loosest to tightest.
package enum Precedence: Int, Comparable, CaseIterable, Sendable {
  case or, and, not, comparison, range, sum, product, negation, power

  package static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }

  /// What `a op b op c` means on this level.
  package enum Grouping: String, Sendable { case left, right, none, prefix }

  package var grouping: Grouping {
    switch self {
    case .or, .and, .sum, .product: .left
    case .power: .right
    case .comparison, .range: .none
    case .not, .negation: .prefix
    }
  }
}

extension TokenKind {
  /// The operator between two operands that a token is.
  @inline(__always)
  var infix: (operation: BinaryOperator, precedence: Precedence)? {
    switch self {
    case .or: (.or, .or)
    case .and: (.and, .and)
    case .equal: (.equal, .comparison)
    case .notEqual: (.notEqual, .comparison)
    case .less: (.less, .comparison)
    case .lessEqual: (.lessEqual, .comparison)
    case .greater: (.greater, .comparison)
    case .greaterEqual: (.greaterEqual, .comparison)
    case .ellipsis: (.closedRange, .range)
    case .halfOpen: (.halfOpenRange, .range)
    case .plus: (.add, .sum)
    case .minus: (.subtract, .sum)
    case .plusPlus: (.concatenate, .sum)
    case .star: (.multiply, .product)
    case .slash: (.divide, .product)
    case .percent: (.remainder, .product)
    case .at: (.matmul, .product)
    case .caret: (.power, .power)
    default: nil
    }
  }

  /// The operator of a compound assignment.
  var compound: BinaryOperator? {
    switch self {
    case .plusAssign: .add
    case .minusAssign: .subtract
    case .starAssign: .multiply
    case .slashAssign: .divide
    default: nil
    }
  }
}

/// An operator whose right side has not been read to its end.
struct PendingOperator {
  enum Operation {
    case prefix(UnaryOperator)
    case infix(BinaryOperator)
  }

  var operation: Operation
  var precedence: Precedence
  /// Left operand; of no meaning for a prefix.
  var left: NodeID
  /// Where the node will start.
  var start: Int32
  /// Prefixes and `^` nest to the right and count as depth.
  var countsDepth: Bool
}
