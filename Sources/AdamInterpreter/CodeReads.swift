// What a function's code reads from outside and whether it changes anything there, found by looking at
// its instructions: what a derivative asks before it keeps a trace.
import AdamIR
import AdamLibrary

extension Interpreter {
  package func reads(of closure: Closure) -> CodeReads? {
    let functions = decoded(closure).functions
    return functions.indices.contains(closure.function) ? functions[closure.function].reads : nil
  }

  package func variable(at slot: Int) -> Value { globals.load(slot) }
  package var callDepth: Int { frames.count }
}

extension CodeReads {
  /// Of a function and of the functions written in it.
  convenience init(of function: DecodedFunction) {
    var slots: [Int] = []
    var hasEffects = false
    var pending = [function]
    var known: Set<ObjectIdentifier> = []
    while let next = pending.popLast() {
      guard known.insert(ObjectIdentifier(next)).inserted else { continue }
      let owner = next.owner
      for instruction in next.function.instructions {
        hasEffects = hasEffects || instruction.changesWhatIsOutside
        slots += instruction.globalNames.map { Int(owner.slots[Int($0)]) }
        guard case .closure(_, let site) = instruction else { continue }
        if owner.functions.indices.contains(site.function) { pending.append(owner.functions[site.function]) }
      }
    }
    self.init(slots: Array(Set(slots)).sorted(), hasEffects: hasEffects)
  }
}

extension Instruction {
  /// Names that are looked up among the top-level variables.
  fileprivate var globalNames: [Int32] {
    switch self {
    case .loadGlobal(_, let name), .loadGlobalIfSet(_, let name), .callMethod(_, _, let name, _): [name]
    default: []
    }
  }

  /// Every instruction is listed, so that a new one is looked at. Elements and fields may be those of a
  /// layer or an optimizer, which are changed wherever they are held.
  fileprivate var changesWhatIsOutside: Bool {
    switch self {
    case .storeGlobal, .verb, .hook, .importModule, .statement, .result, .setIndex, .setField, .unsupported: true
    case .constant, .move, .unset, .requireSet, .loadGlobal, .loadGlobalIfSet, .binary, .negate, .not, .requireBool,
      .jump, .jumpIfFalse, .jumpIfTrue, .loop, .loopHeader, .iterate, .next, .unpack, .list, .tuple, .record, .range,
      .format, .index, .field, .append, .call, .callMethod, .closure, .inlined, .assert, .returnValue:
      false
    }
  }
}
