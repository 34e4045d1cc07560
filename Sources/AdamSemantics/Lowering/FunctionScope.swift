// One function while its code is made: registers, names, loops and what is known to be set.
import AdamIR
import AdamSource
import AdamSyntax

/// A place that holds a variable for the code being made.
enum Place {
  case register(Register)
  /// A top-level variable or builtin of that name.
  case global
}

/// A loop that `break` and `continue` may mean. Jumps are patched when the loop ends.
struct LoopScope {
  var breaks: [Int] = []
  var continues: [Int] = []
}

/// The function being lowered. `parent` is the function around it, whose locals it may capture.
final class FunctionScope {
  var function: ProgramFunction
  let parent: FunctionScope?
  /// `@main` and `on` blocks at top level: assignment means a top-level variable.
  let assignsGlobals: Bool
  /// For an `on` block inside a function: registers of the function's variables that it updates, and
  /// its own for them.
  var updates: [(name: String, from: Register, to: Register)] = []
  /// Parameters and, in a `fn`, every name that its body assigns.
  private var locals: [String: Register] = [:]
  /// Loop variables, innermost last.
  private var blocks: [[String: Register]] = []
  private var captured: [String: Register] = [:]
  var captures: [ClosureSite.Capture] = []
  /// The name of a local function inside its own body.
  let ownName: String?
  var loops: [LoopScope] = []
  /// Registers that are certainly assigned here; all of them behind `return` and `break`.
  var assigned = AssignedRegisters()
  private var isTemporary: [Bool] = []
  private var free: [Int32] = []
  private var freeRows: [Int: [Int32]] = [:]

  init(
    name: String, span: Span, parent: FunctionScope?, assignsGlobals: Bool, ownName: String? = nil
  ) {
    function = ProgramFunction(name: name, span: span)
    self.parent = parent
    self.assignsGlobals = assignsGlobals
    self.ownName = ownName
  }

  // MARK: Registers

  private func newRegister(temporary: Bool) -> Register {
    let register = Register(function.registerCount)
    function.registerCount += 1
    isTemporary.append(temporary)
    return register
  }

  /// A register for an intermediate value, until `release`.
  func temporary() -> Register {
    free.popLast().map { Register($0) } ?? newRegister(temporary: true)
  }

  /// Gives a temporary back; registers of variables are left alone.
  func release(_ register: Register) {
    if isTemporary[Int(register.index)] { free.append(register.index) }
  }

  func isTemporary(_ register: Register) -> Bool { isTemporary[Int(register.index)] }

  /// Consecutive registers, for iterators, destructuring and loop variables.
  func takeRow(_ count: Int) -> Register {
    if let first = freeRows[count]?.popLast() { return Register(first) }
    let first = newRegister(temporary: false)
    for _ in 1..<max(count, 1) { _ = newRegister(temporary: false) }
    return first
  }

  func releaseRow(_ first: Register, _ count: Int) {
    freeRows[count, default: []].append(first.index)
  }

  // MARK: Names

  func declareLocal(_ name: String, isSet: Bool) {
    guard locals[name] == nil else { return }
    let register = newRegister(temporary: false)
    locals[name] = register
    if isSet { assigned.insert(register) }
  }

  func pushBlock(_ names: [(String, Register)]) {
    blocks.append(Dictionary(names, uniquingKeysWith: { _, last in last }))
    for (_, register) in names { assigned.insert(register) }
  }

  func popBlock() { _ = blocks.popLast() }

  /// Names that this function itself binds, innermost first.
  private func ownPlace(_ name: String) -> Register? {
    for block in blocks.reversed() {
      if let register = block[name] { return register }
    }
    return locals[name]
  }

  /// Where a name is read from; captures it from the functions around when one of them binds it.
  func place(_ name: String) -> Place {
    if let register = ownPlace(name) ?? captured[name] { return .register(register) }
    if name == ownName, let parent, !parent.assignsGlobals {
      let register = function.selfRegister ?? newRegister(temporary: false)
      function.selfRegister = register
      captured[name] = register
      assigned.insert(register)
      return .register(register)
    }
    guard let parent, case .register(let outer) = parent.place(name) else { return .global }
    let register = newRegister(temporary: false)
    captured[name] = register
    captures.append(.init(from: outer, to: register))
    function.captures.append(.init(name, register))
    if parent.assigned.contains(outer) { assigned.insert(register) }
    return .register(register)
  }

  /// A variable of the function around that an `on` block updates.
  func share(_ name: String) {
    guard let outer = parent?.ownPlace(name), case .register(let register) = place(name) else { return }
    updates.append((name, outer, register))
  }

  /// Where an assignment to a name goes.
  func target(_ name: String) -> Place {
    if let register = ownPlace(name) { return .register(register) }
    if let register = captured[name], updates.contains(where: { $0.to == register }) {
      return .register(register)
    }
    if assignsGlobals { return captured[name].map { .register($0) } ?? .global }
    declareLocal(name, isSet: false)
    return ownPlace(name).map { .register($0) } ?? .global
  }
}

/// A set of registers with a top element for code that is never reached.
struct AssignedRegisters {
  private var members: Set<Int32> = []
  private(set) var isUnreachable = false

  func contains(_ register: Register) -> Bool { isUnreachable || members.contains(register.index) }
  mutating func insert(_ register: Register) { members.insert(register.index) }
  mutating func markUnreachable() { isUnreachable = true }

  /// What is assigned on both ways.
  func joined(_ other: AssignedRegisters) -> AssignedRegisters {
    if isUnreachable { return other }
    if other.isUnreachable { return self }
    var result = self
    result.members.formIntersection(other.members)
    return result
  }
}
