// The tree as S-expressions: `(set x (+ 1 2))`. Golden tests and `adam ir --stage ast` use it.
import AdamSource

extension SyntaxTree {
  /// One statement a line. Numbers are printed as written, so the text is asked for.
  package func print(_ text: SourceText) -> String {
    print(text, separator: "\n")
  }

  /// All statements with a separator between them.
  package func print(_ text: SourceText, separator: String) -> String {
    var printer = TreePrinter(tree: self, bytes: text.bytes)
    for (index, statement) in statements.enumerated() {
      if index > 0 { printer.output += separator }
      printer.print(statement)
    }
    return printer.output
  }
}

/// Prints with a work list instead of recursion: a million-term chain is a million levels deep.
private struct TreePrinter {
  private enum Piece {
    case text(String)
    case node(NodeID)
  }

  let tree: SyntaxTree
  let bytes: [UInt8]
  var output = ""
  private var work: [Piece] = []

  init(tree: SyntaxTree, bytes: [UInt8]) {
    self.tree = tree
    self.bytes = bytes
  }

  mutating func print(_ root: NodeID) {
    work.append(.node(root))
    while let piece = work.popLast() {
      switch piece {
      case .text(let text): output += text
      case .node(let id): work.append(contentsOf: pieces(id).reversed())
      }
    }
  }

  /// `(head a b …)`
  private func form(_ head: String, _ parts: [[Piece]]) -> [Piece] {
    var pieces: [Piece] = [.text("(" + head)]
    for part in parts {
      pieces.append(.text(" "))
      pieces += part
    }
    pieces.append(.text(")"))
    return pieces
  }

  private func form(_ head: String, nodes: [NodeID]) -> [Piece] {
    form(head, nodes.map { [.node($0)] })
  }

  private func pieces(_ id: NodeID) -> [Piece] {
    switch tree[id] {
    case .number, .name, .string, .bool, .none: leaf(id)
    case .list(let elements): form("list", nodes: elements)
    case .tuple(let elements): form("tuple", nodes: elements)
    case .record(let fields): form("record", fields.map(argument))
    case .unary(let operation, let operand): form(operation.rawValue, nodes: [operand])
    case .binary(let operation, let a, let b): form(operation.rawValue, nodes: [a, b])
    case .call(let callee, let arguments):
      form("call", [[.node(callee)]] + arguments.map(argument))
    case .index(let value, let items): form("index", [[.node(value)]] + items.map(item))
    case .field(let value, let name): form("field", [[.node(value)], [.text(name.text)]])
    case .comprehension(let parts): comprehension(parts)
    case .conditional(let branches, let otherwise): conditional(branches, otherwise)
    case .lambda(let parameters, let body): form("fn", [self.parameters(parameters), [.node(body)]])
    case .block(let statements): form("block", nodes: statements)
    case .invalid: [.text("(invalid)")]
    default: statement(id)
    }
  }

  private func leaf(_ id: NodeID) -> [Piece] {
    switch tree[id] {
    case .name(let text): [.text(text)]
    case .string(let parts): string(parts)
    case .bool(let value): [.text(value ? "(true)" : "(false)")]
    case .none: [.text("(none)")]
    default:
      // A number as it was written.
      [.text(source(tree.span(id)))]
    }
  }

  private func source(_ span: Span) -> String {
    String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self)
  }

  private func statement(_ id: NodeID) -> [Piece] {
    switch tree[id] {
    case .assign(let targets, let value): form("set", nodes: targets + [value])
    case .compoundAssign(let operation, let target, let value):
      form(operation.rawValue + "=", nodes: [target, value])
    case .forLoop(let patterns, in: let sequence, let body):
      form("for", patterns.map(pattern) + [[.node(sequence)], [.node(body)]])
    case .whileLoop(let condition, let body): form("while", nodes: [condition, body])
    case .breakLoop: [.text("(break)")]
    case .continueLoop: [.text("(continue)")]
    case .returnValue(let value): form("return", nodes: value.map { [$0] } ?? [])
    case .function(let name, let parameters, let body):
      form("fn", [[.text(name.text)], self.parameters(parameters), [.node(body)]])
    case .layer(let parts): layer(parts)
    case .param(let name, let shape, let value):
      form(
        "param",
        [[.text(name.text)]] + (shape.map { [form("shape", nodes: $0)] } ?? []) + [[.node(value)]])
    case .importFile(let path): form("import", nodes: [path])
    default: verb(id)
    }
  }

  private func verb(_ id: NodeID) -> [Piece] {
    switch tree[id] {
    case .verb(let verb, let arguments): form("verb " + verb.rawValue, arguments.map(argument))
    case .on(let event, let every, let body):
      form(
        "on " + event.text,
        (every.map { [form("every", nodes: [$0])] } ?? []) + [[.node(body)]])
    case .sweep(let generators, let body): form("sweep", generators.map(lane) + [[.node(body)]])
    case .checkGrad(let value): form("verb check grad", nodes: value.map { [$0] } ?? [])
    default: []
    }
  }

  private func layer(_ parts: LayerParts) -> [Piece] {
    form(
      "layer",
      [[.text(parts.name.text)], parameters(parts.parameters)]
        + (parts.items + [parts.forward]).map { [.node($0)] })
  }

  private func string(_ parts: [StringPart]) -> [Piece] {
    if parts.isEmpty { return [.text("(str '')")] }
    return form(
      "str",
      parts.map { part in
        switch part {
        case .text(let text): [.text(quoted(text))]
        case .value(let value, nil): [.node(value)]
        case .value(let value, .some(let format)):
          form("fmt", [[.node(value)], [.text(format.text)]])
        }
      })
  }

  private func quoted(_ text: String) -> String {
    var quoted = "'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'": quoted += "\\'"
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "'"
  }

  private func argument(_ argument: Argument) -> [Piece] {
    guard let name = argument.name else { return [.node(argument.value)] }
    return form("kw", [[.text(name.text)], [.node(argument.value)]])
  }

  private func parameters(_ parameters: [Parameter]) -> [Piece] {
    form(
      "params",
      parameters.map { parameter in
        guard let value = parameter.defaultValue else { return [.text(parameter.name.text)] }
        return form("kw", [[.text(parameter.name.text)], [.node(value)]])
      })
  }

  private func pattern(_ pattern: Pattern) -> [Piece] {
    switch pattern {
    case .name(let name): [.text(name.text)]
    case .tuple(let parts): form("tuple", parts.map(self.pattern))
    }
  }

  private func lane(_ generator: SweepGenerator) -> [Piece] {
    switch generator {
    case .lane(let patterns, let sequence):
      form("in", patterns.map(pattern) + [[.node(sequence)]])
    case .option(let name, let value): form("kw", [[.text(name.text)], [.node(value)]])
    }
  }

  private func item(_ item: IndexItem) -> [Piece] {
    switch item {
    case .value(let value): [.node(value)]
    case .all: [.text("(all)")]
    case .from(let value): form("...", [[.node(value)], [.text("end")]])
    case .upTo(let value, let isClosed):
      form(isClosed ? "..." : "..<", [[.text("start")], [.node(value)]])
    }
  }

  private func comprehension(_ parts: ComprehensionParts) -> [Piece] {
    form(
      "comp",
      [[.node(parts.element)]] + parts.patterns.map(pattern) + [[.node(parts.sequence)]]
        + (parts.condition.map { [[.node($0)]] } ?? []))
  }

  /// `else if` is printed as an `if` inside, which is what it means.
  private func conditional(_ branches: [Branch], _ otherwise: NodeID?) -> [Piece] {
    var pieces: [Piece] = []
    for (index, branch) in branches.enumerated() {
      pieces += [
        .text(index == 0 ? "(if " : " (if "), .node(branch.condition), .text(" "),
        .node(branch.block),
      ]
    }
    if let otherwise { pieces += [.text(" "), .node(otherwise)] }
    pieces.append(.text(String(repeating: ")", count: branches.count)))
    return pieces
  }
}
