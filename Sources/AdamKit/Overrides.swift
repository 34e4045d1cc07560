// What whoever runs a script sets from outside: `--set lr=1e-3` replaces the value of the first top-level
// `lr = literal`, `--seed n` the number of the first top-level `seed`. The script itself stays as it is.
import AdamIR
import AdamLibrary
import AdamSource
import AdamSyntax

extension Session {
  /// A value for a name of the script, as text: a number, `true`, `false` or, for a string, anything.
  public struct Setting: Hashable, Sendable {
    public var name: String
    public var text: String
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }
}

extension DiagnosticCode {
  static let badSetting = DiagnosticCode("E0002")
}

/// What has not been replaced yet. Settings belong to the first text, a seed to the first that has one.
struct Overrides {
  var settings: [Session.Setting]
  var seed: UInt64?

  mutating func apply(to tree: inout SyntaxTree) throws(Diagnostic) {
    applySeed(&tree)
    let waiting = settings
    settings = []
    for setting in waiting { try apply(setting, &tree) }
  }

  private mutating func applySeed(_ tree: inout SyntaxTree) {
    guard let number = seed else { return }
    for statement in tree.statements {
      let arguments: [Argument]
      switch tree[statement] {
      case .verb(.seed, let given): arguments = given
      case .call(let callee, let given):
        guard case .name("seed") = tree[callee] else { continue }
        arguments = given
      default: continue
      }
      guard let argument = arguments.first else { continue }
      tree.replace(argument.value, with: .number(Double(number)))
      seed = nil
      return
    }
  }

  private func apply(_ setting: Session.Setting, _ tree: inout SyntaxTree) throws(Diagnostic) {
    var names: [String] = []
    for statement in tree.statements {
      guard case .assign(let targets, let value) = tree[statement], targets.count == 1,
        case .name(let name) = tree[targets[0]]
      else { continue }
      names.append(name)
      guard name == setting.name else { continue }
      guard let kind = LiteralKind(tree, value) else {
        throw .noLiteral(name, at: tree.span(value))
      }
      guard let node = kind.node(setting.text) else {
        throw .settingKind(setting, kind.text, at: tree.span(value))
      }
      return tree.replace(value, with: node)
    }
    throw .noSetting(setting.name, among: names)
  }
}

/// What a setting may replace: it keeps its kind.
private enum LiteralKind {
  case number, bool, string

  init?(_ tree: SyntaxTree, _ id: NodeID) {
    switch tree[id] {
    case .number: self = .number
    case .bool: self = .bool
    case .unary(.neg, let operand):
      guard case .number = tree[operand] else { return nil }
      self = .number
    case .string(let parts):
      let isPlain = parts.allSatisfy { if case .text = $0 { true } else { false } }
      guard isPlain else { return nil }
      self = .string
    default: return nil
    }
  }

  var text: String {
    switch self {
    case .number: "a number"
    case .bool: "true or false"
    case .string: "a string"
    }
  }

  func node(_ text: String) -> Node? {
    switch self {
    case .string: .string([.text(text)])
    case .bool: text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
    case .number: number(text).map { .number($0) }
    }
  }

  /// A number as a script writes it, with a sign.
  private func number(_ text: String) -> Double? {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative ? String(text.dropFirst()) : text
    let result = parse(SourceText(name: "", bytes: Array(digits.utf8)), id: SourceID(0))
    guard result.diagnostics.isEmpty, result.tree.statements.count == 1,
      case .number(let x) = result.tree[result.tree.statements[0]]
    else { return nil }
    return isNegative ? -x : x
  }
}

extension Diagnostic {
  fileprivate static func noSetting(_ name: String, among names: [String]) -> Diagnostic {
    var result = Diagnostic(.badSetting, "`\(name)` cannot be set: the script has no top-level `\(name) = …`", at: nil)
    if let meant = nearest(name, in: names) { result.helps = [Help("did you mean `\(meant)`?")] }
    return result
  }

  fileprivate static func noLiteral(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .badSetting, "`\(name)` cannot be set: its first value is no number, string, true or false", at: span,
      label: "this is computed")
  }

  fileprivate static func settingKind(_ setting: Session.Setting, _ kind: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .badSetting, "`\(setting.name)` is \(kind) in the script and cannot be set to `\(setting.text)`", at: span,
      label: "\(kind)")
  }
}
