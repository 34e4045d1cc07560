// The variables of a running frame along all paths, as a tree of writes. A saved state is a node of
// the tree; going from one state to another undoes and redoes the writes between them, so that a
// branch costs what it writes and never what there is.
import AdamIR
import AdamLibrary
import AdamSource

/// A variable's contents on the current path.
struct Slot {
  var value: AbstractValue
  /// Some path to here did not assign it. With `value` unset: no path did.
  var mayBeUnset = false
  /// Changes with every write: a function's result holds while the globals it read keep theirs.
  var stamp: UInt32 = 0
  /// Where the value was written that a variable was last assigned, if that is one place.
  var place: Span?
  /// A name that is not defined, or a field of one: that has been said, and nothing follows from it.
  var isUndefined = false

  static var unset: Slot { Slot(value: .unset, mayBeUnset: true) }
  var isUnset: Bool { if case .unset = value { true } else { false } }

  /// What holds when either path may have been taken.
  func join(_ other: Slot) -> Slot {
    if stamp == other.stamp && stamp != 0 { return self }
    let value = isUnset ? other.value : other.isUnset ? self.value : self.value.join(other.value)
    return Slot(
      value: value, mayBeUnset: mayBeUnset || other.mayBeUnset, place: place == other.place ? place : nil)
  }
}

/// Top-level variables by slot number; shared by all frames of a check.
final class GlobalTable {
  private var numbers: [Key: Int] = [:]
  private(set) var names: [String] = []
  /// The module of each variable.
  private(set) var modules: [Int32] = []
  var slots: [Slot] = []
  private var lastStamp: UInt32 = 0

  private struct Key: Hashable {
    var name: String
    var module: Int32
  }

  func number(of name: String, in module: Int32) -> Int {
    let key = Key(name: name, module: module)
    if let number = numbers[key] { return number }
    numbers[key] = names.count
    names.append(name)
    modules.append(module)
    slots.append(.unset)
    return names.count - 1
  }

  /// The variables of a module that have a value, in order of first mention.
  func variables(of module: Int32) -> [(name: String, value: AbstractValue)] {
    names.indices.filter { modules[$0] == module && !slots[$0].isUnset }.map { (names[$0], slots[$0].value) }
  }

  func nextStamp() -> UInt32 {
    lastStamp &+= 1
    return lastStamp
  }
}

/// A point on a path: everything written up to here.
struct SavedState {
  var node: Int
  /// The path is certainly never taken (a condition that is known).
  var isDead: Bool
}

struct Flow {
  private struct Write {
    var parent: Int
    var depth: Int
    /// Register number, or count of registers + global number.
    var variable: Int
    /// What the variable held before, while the write is in force; what was written, while not.
    var other: Slot
  }

  let globals: GlobalTable
  private var registers: [Slot]
  private var writes: [Write] = []
  private var current = -1
  /// States saved for labels not reached yet.
  private var pending: [Int: [SavedState]] = [:]
  /// A hook's writes to globals must be taken back at its end.
  private let keepsTrail: Bool
  /// Writes that some saved state stands on.
  private var isTrailNeeded: Bool { keepsTrail || isJoining || !pending.isEmpty }
  private var isJoining = false
  var isDead = false

  init(registerCount: Int, globals: GlobalTable, keepsTrail: Bool) {
    self.registers = Array(repeating: .unset, count: max(registerCount, 0))
    self.globals = globals
    self.keepsTrail = keepsTrail
  }

  var registerCount: Int { registers.count }

  subscript(variable: Int) -> Slot {
    if variable < registers.count { return registers[variable] }
    let global = variable - registers.count
    return global < globals.slots.count ? globals.slots[global] : .unset
  }

  mutating func write(_ variable: Int, _ value: AbstractValue, mayBeUnset: Bool = false) {
    write(variable, Slot(value: value, mayBeUnset: mayBeUnset))
  }

  mutating func write(_ variable: Int, _ slot: Slot) {
    var slot = slot
    if variable >= registers.count { slot.stamp = globals.nextStamp() }
    if isTrailNeeded {
      let depth = current < 0 ? 0 : writes[current].depth
      writes.append(Write(parent: current, depth: depth + 1, variable: variable, other: self[variable]))
      current = writes.count - 1
    }
    store(variable, slot)
  }

  private mutating func store(_ variable: Int, _ slot: Slot) {
    if variable < registers.count {
      registers[variable] = slot
    } else if variable - registers.count < globals.slots.count {
      globals.slots[variable - registers.count] = slot
    }
  }

  /// The state here, for a label to come.
  var state: SavedState { SavedState(node: current, isDead: isDead) }

  mutating func save(_ state: SavedState, for label: Int) {
    pending[label, default: []].append(state)
  }

  /// Forgets paths to `label` that turned out to be impossible.
  mutating func discard(for label: Int) { pending[label] = nil }

  /// Arrives at a label: joins all live paths that lead here; without one, any dead path.
  mutating func arrive(at label: Int) {
    guard !pending.isEmpty, let states = pending.removeValue(forKey: label) else { return }
    isJoining = true
    var all = states
    all.append(state)
    let live = all.filter { !$0.isDead }
    if let last = live.last {
      goTo(last.node)
      isDead = false
      // Last to first: in a ladder of branches neighbours share most of their path.
      for state in live.dropLast().reversed() { join(state.node) }
    } else if let last = states.last {
      goTo(last.node)
      isDead = true
    }
    isJoining = false
    if !isTrailNeeded {
      writes.removeAll(keepingCapacity: true)
      current = -1
    }
  }

  /// Takes every write back.
  mutating func rewind() { goTo(-1) }

  private func depth(_ node: Int) -> Int { node < 0 ? 0 : writes[node].depth }

  /// Undoes a write or puts it in force again.
  private mutating func toggle(_ node: Int) {
    let variable = writes[node].variable
    let before = self[variable]
    store(variable, writes[node].other)
    writes[node].other = before
  }

  private mutating func goTo(_ target: Int) {
    var path: [Int] = []
    var node = target
    while current != node {
      if depth(current) >= depth(node) && current >= 0 {
        toggle(current)
        current = writes[current].parent
      } else {
        path.append(node)
        node = writes[node].parent
      }
    }
    for step in path.reversed() { toggle(step) }
    current = target
  }

  /// Joins the state at `other` into the current one. Costs what both wrote since they parted.
  private mutating func join(_ other: Int) {
    var mine: [Int: Slot] = [:]
    var theirs: [Int: Slot] = [:]
    var order: [Int] = []
    var node = other
    while current != node {
      if depth(current) >= depth(node) && current >= 0 {
        let variable = writes[current].variable
        if mine[variable] == nil {
          mine[variable] = self[variable]
          order.append(variable)
        }
        toggle(current)
        current = writes[current].parent
      } else {
        let variable = writes[node].variable
        if theirs[variable] == nil {
          theirs[variable] = writes[node].other
          if mine[variable] == nil { order.append(variable) }
        }
        node = writes[node].parent
      }
    }
    var seen: Set<Int> = []
    for variable in order where seen.insert(variable).inserted {
      let base = self[variable]
      write(variable, (mine[variable] ?? base).join(theirs[variable] ?? base))
    }
  }
}
