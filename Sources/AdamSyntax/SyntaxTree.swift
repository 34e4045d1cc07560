// The syntax tree: nodes in one array, children by index, so that neither depth nor length of a
// program can overflow the stack when the tree is walked or freed.
import AdamSource

/// Index of a node in its tree.
package struct NodeID: Hashable, Sendable {
  package var index: Int32
  package init(_ index: Int32) { self.index = index }
}

/// A parsed text. Left-nested chains (`a + b + …`, `a.b.c`, `x[0][0]`, `f()()`) are deep trees:
/// whoever walks them loops down the left spine instead of recursing into it.
package struct SyntaxTree: Sendable {
  package let source: SourceID
  package internal(set) var nodes: [Node] = []
  package internal(set) var spans: [Span] = []
  package internal(set) var statements: [NodeID] = []

  package init(source: SourceID) { self.source = source }
  package subscript(id: NodeID) -> Node { nodes[Int(id.index)] }
  package func span(_ id: NodeID) -> Span { spans[Int(id.index)] }

  /// Puts another node in the place of one, whose children stay in the tree without a parent.
  package mutating func replace(_ id: NodeID, with node: Node) { nodes[Int(id.index)] = node }

  package mutating func add(_ node: Node, _ span: Span) -> NodeID {
    nodes.append(node)
    spans.append(span)
    return NodeID(Int32(nodes.count - 1))
  }
}

/// A name with its place.
package struct Name: Hashable, Sendable {
  package var text: String
  package var span: Span
  package init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

package enum UnaryOperator: String, Sendable { case neg, not }

/// Raw values are the spellings that the tree printer uses.
package enum BinaryOperator: String, Sendable {
  case add = "+", subtract = "-", multiply = "*", divide = "/", remainder = "%", matmul = "@"
  case power = "^", concatenate = "++"
  case equal = "==", notEqual = "!=", less = "<", lessEqual = "<=", greater = ">", greaterEqual = ">="
  case and, or, then
  case pipe = "pipe"
  case closedRange = "...", halfOpenRange = "..<"
}

/// The closed set of verbs.
package enum Verb: String, CaseIterable, Sendable {
  case train, eval, predict, save, load, print, plot, show, seed, export, check, assert, on, sweep, resume
}

/// `name=value` when `name` is set, else positional.
package struct Argument: Hashable, Sendable {
  package var name: Name?
  package var value: NodeID
  package init(name: Name? = nil, value: NodeID) {
    self.name = name
    self.value = value
  }
}

package struct Parameter: Hashable, Sendable {
  package var name: Name
  package var defaultValue: NodeID?
}

/// `[[fill]<>^][+][0][width][,][.prec][dfeg%sx]`
package struct FormatSpec: Hashable, Sendable {
  package enum Alignment: UInt8, Sendable { case left, right, center }
  /// As written, for the tree printer and error messages.
  package var text: String
  package var fill: Character = " "
  package var alignment: Alignment?
  package var showsPlus = false
  package var zeroPads = false
  package var width: Int?
  package var groupsThousands = false
  package var precision: Int?
  /// One of `d f e g % s x`, or nil.
  package var kind: Character?
  package init(text: String) { self.text = text }
}

package enum StringPart: Hashable, Sendable {
  case text(String)
  case value(NodeID, FormatSpec?)
}

package enum Pattern: Hashable, Sendable {
  case name(Name)
  case tuple([Pattern])
}

package enum IndexItem: Hashable, Sendable {
  case value(NodeID)
  /// `:` alone.
  case all
  /// `a...`, and `a..<` which means the same.
  case from(NodeID)
  /// `...b` when closed, `..<b` otherwise.
  case upTo(NodeID, isClosed: Bool)
}

package struct Branch: Hashable, Sendable {
  package var condition: NodeID
  package var block: NodeID
}

package struct ComprehensionParts: Hashable, Sendable {
  package var element: NodeID
  package var patterns: [Pattern]
  package var sequence: NodeID
  package var condition: NodeID?
}

/// `pattern in expr` (patterns) or `NAME = expr` (a constant for every lane).
package enum SweepGenerator: Hashable, Sendable {
  case lane([Pattern], NodeID)
  case option(Name, NodeID)
}

package struct LayerParts: Hashable, Sendable {
  package var name: Name
  package var parameters: [Parameter]
  /// `param` items and statements in order.
  package var items: [NodeID]
  package var forward: NodeID
}

/// Expressions and statements. The set is closed: every consumer handles every case.
package enum Node: Hashable, Sendable {
  // Expressions
  case number(Double)
  case string([StringPart])
  case bool(Bool)
  case none
  case name(String)
  case list([NodeID])
  case comprehension(ComprehensionParts)
  case tuple([NodeID])
  case record([Argument])
  case unary(UnaryOperator, NodeID)
  case binary(BinaryOperator, NodeID, NodeID)
  case call(NodeID, [Argument])
  case index(NodeID, [IndexItem])
  case field(NodeID, Name)
  /// `else if` is a further branch, so a long ladder is flat.
  case conditional([Branch], otherwise: NodeID?)
  case lambda([Parameter], body: NodeID)
  case block([NodeID])
  // Statements
  /// One target, or several for destructuring; targets are name, field, index or tuple nodes.
  case assign([NodeID], NodeID)
  case compoundAssign(BinaryOperator, NodeID, NodeID)
  case forLoop([Pattern], in: NodeID, body: NodeID)
  case whileLoop(NodeID, body: NodeID)
  case breakLoop
  case continueLoop
  case returnValue(NodeID?)
  case function(Name, [Parameter], body: NodeID)
  case layer(LayerParts)
  case param(Name, shape: [NodeID]?, NodeID)
  case importFile(NodeID)
  /// The paren-less form. `train 500 steps` carries the argument `steps=500`.
  case verb(Verb, [Argument])
  case on(event: Name, every: NodeID?, body: NodeID)
  case sweep([SweepGenerator], body: NodeID)
  case checkGrad(NodeID?)
  /// Stands where the parser recovered; has been reported, is never executed.
  case invalid
}
