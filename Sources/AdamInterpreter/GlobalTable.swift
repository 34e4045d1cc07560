// The top-level variables of a session by slot, with what a failed statement takes back.
import AdamLibrary

final class GlobalTable {
  private var indices: [Key: Int] = [:]
  private(set) var names: [String] = []
  private var modules: [Int32] = []
  /// The variables by slot, and for each the statement that last changed it, so that one old value a
  /// statement is kept. Plain memory, so that the loop of the VM reaches it without ceremony; growing
  /// moves it.
  private(set) var values: UnsafeMutablePointer<Value>
  private(set) var stamps: UnsafeMutablePointer<Int>
  private var capacity = 64
  /// What the name means while no variable has it: a builtin or constant.
  private(set) var fallbacks: UnsafeMutablePointer<Value>
  private(set) var statement = 0
  private var undo: [(slot: Int, old: Value)] = []
  private let session: SessionState

  private struct Key: Hashable {
    var name: String
    var module: Int32
  }

  init(session: SessionState) {
    self.session = session
    values = .allocate(capacity: capacity)
    values.initialize(repeating: .unset, count: capacity)
    stamps = .allocate(capacity: capacity)
    stamps.initialize(repeating: -1, count: capacity)
    fallbacks = .allocate(capacity: capacity)
    fallbacks.initialize(repeating: .unset, count: capacity)
  }

  deinit {
    values.deinitialize(count: capacity)
    values.deallocate()
    fallbacks.deinitialize(count: capacity)
    fallbacks.deallocate()
    stamps.deallocate()
  }

  private func grow() {
    let size = capacity * 2
    values = GlobalTable.moved(values, capacity, to: size)
    fallbacks = GlobalTable.moved(fallbacks, capacity, to: size)
    let newStamps = UnsafeMutablePointer<Int>.allocate(capacity: size)
    newStamps.moveInitialize(from: stamps, count: capacity)
    (newStamps + capacity).initialize(repeating: -1, count: capacity)
    stamps.deallocate()
    (stamps, capacity) = (newStamps, size)
  }

  private static func moved(
    _ old: UnsafeMutablePointer<Value>, _ count: Int, to size: Int
  ) -> UnsafeMutablePointer<Value> {
    let new = UnsafeMutablePointer<Value>.allocate(capacity: size)
    new.moveInitialize(from: old, count: count)
    (new + count).initialize(repeating: .unset, count: size - count)
    old.deallocate()
    return new
  }

  /// The slot of a name of the session (module 0) or of an imported file.
  func slot(_ name: String, in module: Int32 = 0) -> Int {
    let key = Key(name: name, module: module)
    if let index = indices[key] { return index }
    if names.count == capacity { grow() }
    names.append(name)
    modules.append(module)
    fallbacks[names.count - 1] = fallback(name, module)
    indices[key] = names.count - 1
    return names.count - 1
  }

  /// The session's own texts stand in another directory now.
  func refreshHere() { fallbacks[slot("here")] = fallback("here", 0) }

  /// What the name means while no variable has it, or unset.
  func fallback(_ slot: Int) -> Value { fallbacks[slot] }

  private func fallback(_ name: String, _ module: Int32) -> Value {
    if name == "here" { return .string(StringBox(session.modules.directory(of: module))) }
    let environment = session.environment
    if let builtin = environment[name] { return .builtin(ConfiguredBuiltin(builtin)) }
    return environment.constants[name].map { .constant($0) } ?? .unset
  }

  /// The variable, else the builtin of that name, else unset.
  func load(_ slot: Int) -> Value {
    if case .unset = values[slot] { return fallbacks[slot] }
    return values[slot]
  }

  /// Where what `load` gives lies.
  func address(_ slot: Int) -> UnsafePointer<Value> {
    if case .unset = values[slot] { return UnsafePointer(fallbacks + slot) }
    return UnsafePointer(values + slot)
  }

  func variable(_ slot: Int) -> Value { values[slot] }

  func variable(_ name: String) -> Value? {
    guard let slot = indices[Key(name: name, module: 0)] else { return nil }
    if case .unset = values[slot] { return nil }
    return values[slot]
  }

  /// How often a variable was stored.
  private(set) var changes = 0

  /// Stores to a variable that the statement has stored before; false when it has not.
  @inline(__always)
  func storeAgain(_ slot: Int, _ source: UnsafePointer<Value>) -> Bool {
    guard stamps[slot] == statement else { return false }
    changes &+= 1
    return values.copy(source, Int32(truncatingIfNeeded: slot))
  }

  /// Moves the list of a variable that the statement has stored before; false when it is none.
  @inline(__always)
  func takeAgain(_ slot: Int, into register: UnsafeMutablePointer<Value>) -> Bool {
    guard stamps[slot] == statement, case .list = values[slot] else { return false }
    changes &+= 1
    register.pointee = .none
    register.moveInitialize(from: values + slot, count: 1)
    (values + slot).initialize(to: .unset)
    return true
  }

  func store(_ slot: Int, _ value: Value) {
    changes &+= 1
    if stamps[slot] != statement {
      stamps[slot] = statement
      undo.append((slot, values[slot]))
    }
    values[slot] = value
  }

  /// Moves a value out so that it can be changed in place; `store` puts it back.
  func take(_ slot: Int) -> Value {
    let value = load(slot)
    store(slot, .unset)
    return value
  }

  func beginStatement() {
    statement += 1
    undo.removeAll(keepingCapacity: true)
  }

  /// Takes back what the current statement changed.
  func restore() {
    for entry in undo.reversed() { values[entry.slot] = entry.old }
    undo.removeAll(keepingCapacity: true)
    statement += 1
  }

  /// Everything of a module that has a value, in order of first mention.
  func variables(of module: Int32) -> [(name: String, value: Value)] {
    names.indices.filter { modules[$0] == module && !values[$0].isUnset }.map { (names[$0], values[$0]) }
  }
}
