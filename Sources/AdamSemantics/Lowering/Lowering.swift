// Syntax tree → program. Left spines are walked with loops, so a chain of a million terms costs no
// stack; everything else nests at most as deep as the parser allows.
import AdamIR
import AdamLibrary
import AdamSource
import AdamSyntax

/// Lowers a parsed text that has no syntax errors. What is not there yet becomes `.unsupported`,
/// which both the checker and the VM report at its place. `module` owns the top-level names; `imports`
/// gives the module of each `import` of the tree.
package func lower(
  _ tree: SyntaxTree, environment: Environment, module: Int32 = 0, imports: [NodeID: Int32] = [:]
) -> Program {
  var lowering = Lowering(tree: tree, environment: environment)
  lowering.imports = imports
  lowering.program.module = module
  return lowering.run()
}

struct Lowering {
  let tree: SyntaxTree
  let environment: Environment
  /// Nodes that contain an `if` or block outside a function: they may assign variables while an
  /// operand to their left waits in a variable's register.
  private let assigning: [Bool]
  var program = Program()
  /// The module of each `import`.
  fileprivate(set) var imports: [NodeID: Int32] = [:]
  private var nameIndices: [String: Int32] = [:]
  var scope: FunctionScope
  /// Where the values of expressions are kept that an assertion shows when it fails.
  var shownValues: [NodeID: Register] = [:]
  /// The expression that stands as a statement of its own, while it is lowered.
  var statementExpression: NodeID?

  init(tree: SyntaxTree, environment: Environment) {
    self.tree = tree
    self.environment = environment
    assigning = tree.nodesThatMayAssign()
    scope = FunctionScope(
      name: "@main", span: Self.wholeSpan(tree), parent: nil, assignsGlobals: true)
  }

  private static func wholeSpan(_ tree: SyntaxTree) -> Span {
    guard let first = tree.statements.first, let last = tree.statements.last else {
      return Span(tree.source, 0, 0)
    }
    return tree.span(first).union(tree.span(last))
  }

  mutating func run() -> Program {
    program.functions = [scope.function]
    for statement in tree.statements {
      // What an imported file changes belongs to the statement that imports it.
      if program.module != 0 {
        self.statement(statement)
      } else {
        emit(.statement, tree.span(statement))
        topLevelStatement(statement)
      }
    }
    finish(index: 0, value: nil)
    return program
  }

  /// Ends the current function and stores it.
  mutating func finish(index: Int, value: Register?) {
    let span = Span(
      scope.function.span.source, scope.function.span.end, scope.function.span.end)
    let result = value ?? constant(.none, span)
    emit(.returnValue(result), span)
    program.functions[index] = scope.function
  }

  // MARK: Instructions

  var nextIndex: Int32 { Int32(clamping: scope.function.instructions.count) }

  mutating func emit(_ instruction: Instruction, _ span: Span) {
    scope.function.instructions.append(instruction)
    scope.function.spans.append(span)
  }

  /// Emits a jump whose target is set by `patch`; gives its index.
  mutating func emitJump(_ instruction: Instruction, _ span: Span) -> Int {
    emit(instruction, span)
    return scope.function.instructions.count - 1
  }

  /// Lets the jump at `index` go to the next instruction.
  mutating func patch(_ index: Int) {
    scope.function.instructions[index].setTarget(Int(nextIndex))
  }

  mutating func name(_ text: String) -> Int32 {
    if let index = nameIndices[text] { return index }
    let index = Int32(clamping: program.names.count)
    program.names.append(text)
    nameIndices[text] = index
    return index
  }

  mutating func constant(_ value: Constant, _ span: Span, into target: Register? = nil) -> Register {
    let d = target ?? scope.temporary()
    emit(.constant(d: d, value), span)
    return d
  }

  /// Says at this place that something is not there yet; gives none as value.
  mutating func unsupported(_ what: String, _ span: Span) -> Register {
    emit(.unsupported(what), span)
    return constant(.none, span)
  }

  // MARK: Variables

  /// Reads a name. A variable's own register is given, not a copy.
  mutating func read(_ text: String, _ span: Span, into target: Register? = nil) -> Register {
    switch scope.place(text) {
    case .register(let register):
      if !scope.assigned.contains(register) {
        emit(.requireSet(register, name: name(text)), span)
      }
      guard let target else { return register }
      emit(.move(d: target, register), span)
      return target
    case .global:
      let d = target ?? scope.temporary()
      emit(.loadGlobal(d: d, name: name(text)), span)
      return d
    }
  }

  /// Stores a value in a variable.
  mutating func assign(_ text: String, _ value: Register, _ span: Span) {
    if text == "_" { return }
    switch scope.target(text) {
    case .register(let register):
      if register != value { emit(.move(d: register, value), span) }
      scope.assigned.insert(register)
    case .global:
      emit(.storeGlobal(name: name(text), value), span)
    }
  }

  func mayAssign(_ id: NodeID) -> Bool { assigning[Int(id.index)] }

  /// A register whose value stays when `later` is evaluated: variables are copied if it may assign.
  mutating func keep(_ register: Register, while later: NodeID, _ span: Span) -> Register {
    guard mayAssign(later), !scope.isTemporary(register) else { return register }
    let d = scope.temporary()
    emit(.move(d: d, register), span)
    return d
  }
}
