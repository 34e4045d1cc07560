// Checks a script against a small library of its own, so that these tests say how the checker works
// and not which builtins there are.
import AdamData
import AdamIR
import AdamLibrary
import AdamSource
import AdamSyntax

@testable import AdamSemantics

struct CheckedScript {
  var result: CheckResult
  var syntax: [Diagnostic]
  var sources: SourceMap

  init(_ text: String, interactive: Bool = false, globals: [String: AbstractValue] = [:]) {
    var sources = SourceMap()
    let source = SourceText(name: "x.adam", bytes: Array(text.utf8))
    let id = sources.add(source)
    let parsed = parse(source, id: id)
    self.sources = sources
    syntax = parsed.diagnostics
    guard syntax.isEmpty else {
      result = CheckResult()
      return
    }
    let program = lower(parsed.tree, environment: smallEnvironment)
    let session = SessionState(host: .silent, environment: smallEnvironment, report: { _ in })
    var checker = Checker(session: session, globals: globals, isInteractive: interactive)
    result = checker.check(program)
  }

  var diagnostics: [Diagnostic] { syntax + result.diagnostics }
  var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
  var messages: [String] { diagnostics.map { "\($0.code.text) \($0.message)" } }

  var rendered: String {
    let renderer = DiagnosticRenderer(style: .human, usesColor: false)
    return diagnostics.map { renderer.render($0, sources) }.joined(separator: "")
  }
}

extension Host {
  static var silent: Host {
    Host(
      write: { (_) throws(HostError) in }, flush: { () throws(HostError) in }, progress: { _ in },
      open: { (path) throws(HostError) in throw HostError(.cannotOpen, path: path, reason: "no files") },
      replaceFile: { (_, _) throws(HostError) in }, now: { 0 }, isCancelled: { false })
  }
}

private func builtin(
  _ name: String, _ group: String, _ parameters: [ParameterDefinition], isPure: Bool = false,
  rowUse: RowUse? = nil, check: BuiltinDefinition.Check? = nil,
  run: @escaping BuiltinDefinition.Run = { (_, _) throws(Diagnostic) in Value.none }
) -> Listed<BuiltinDefinition> {
  Listed(
    name,
    BuiltinDefinition(
      name: name, group: group, summary: "", signature: Signature(parameters), example: "",
      isPure: isPure, rowUse: rowUse, check: check, run: run))
}

let smallEnvironment = Environment(builtins: [
  builtin("print", "verb", [.init("values", .any, "", isVariadic: true)]) { _, _ in .known(.none) },
  builtin("seed", "verb", [.init("n", .integer, "", range: NumberRange(from: 0))]) { _, _ in .known(.none) },
  builtin("train", "verb", [
    .init("epochs", .integer, "", range: NumberRange(from: 0), default: Constant.none),
    .init("steps", .integer, "", range: NumberRange(from: 0), default: Constant.none, isKeywordOnly: true),
    .init("model", .any, "", isImplicit: true), .init("data", .any, "", isImplicit: true),
    .init("loss", .any, "", isImplicit: true), .init("opt", .any, "", isImplicit: true),
  ], rowUse: .trains),
  builtin("linear", "layer", [
    .init("in", .integer, "", range: NumberRange(from: 1)),
    .init("out", .integer, "", range: NumberRange(from: 1)),
    .init("bias", .bool, "", default: .bool(true), isKeywordOnly: true),
  ]),
  builtin("dropout", "layer", [.init("p", .number, "", range: NumberRange(from: 0, to: 1), default: .number(0.5))]),
  builtin("adam", "optimizer", [
    .init("lr", .number, "", range: NumberRange(from: 0), default: .number(0.001)),
    .init("betas", .numbers(count: 2), "", range: NumberRange(from: 0, to: 1, includingUpper: false),
      isKeywordOnly: true, defaultNumbers: [0.9, 0.999]),
    .init("eps", .number, "", default: .number(1e-8), isKeywordOnly: true),
    .init("weight_decay", .number, "", range: NumberRange(from: 0), default: .number(0), isKeywordOnly: true),
  ]),
  builtin("sqrt", "math", [.init("x", .number, "")], isPure: true) { _, _ in .number } run: {
    (_, arguments) throws(Diagnostic) in
    .number((arguments.number("x") ?? 0).squareRoot())
  },
  builtin("sum", "tensor", [.init("x", .tensorLike, ""), .init("axis", .integer, "", default: Constant.none)]),
  builtin("len", "list", [.init("x", .any, "")]) { _, _ in .number },
  builtin("append", "list", [.init("xs", .list, ""), .init("x", .any, "")]) { _, arguments in
    .listOf(arguments["x"] ?? .unknown)
  },
  builtin("zeros", "tensor", [.init("sizes", .integer, "", range: NumberRange(from: 0), isVariadic: true)]) {
    _, arguments in
    let dimensions = arguments.variadic.map { $0.value.exactNumber.flatMap { Int(exactly: $0) } }
    return .tensor(TensorType(.f32, Shape(dimensions.map { $0.map { Dimension($0) } ?? .unknown })))
  },
  builtin("rows", "tensor", [.init("n", .integer, "", default: Constant.none)]) { _, arguments in
    let rest = arguments.int("n").map { [Dimension($0)] } ?? []
    return .tensor(TensorType(.f32, Shape([.batch] + rest)))
  },
  builtin("map", "list", [.init("f", .function, ""), .init("xs", .list, "")]) { context, arguments in
    guard let f = arguments["f"] else { return .unknown }
    let element = arguments["xs"]?.elementValue ?? .unknown
    return .listOf(context.call(f, [element], at: arguments.span))
  },
])
