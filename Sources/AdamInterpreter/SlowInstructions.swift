// Every instruction in full: what the loop does not do itself.
import AdamIR
import AdamLibrary
import AdamSource

extension Interpreter {
  /// Runs one instruction. A call of a script function leaves its frame on the stack for the loop.
  func slow(_ frame: Frame, _ index: Int, jump: inout Int) throws(Diagnostic) {
    let function = frame.function.function
    let span = function.spans[index]
    let at = Registers(stack: stack, base: frame.base)
    switch function.instructions[index] {
    case .constant(let d, let value): at[d] = .constant(value)
    case .binary(let d, let op, let a, let b):
      at[d] = try tensors.operate(op, at[a], at[b], at: span)
    case .negate(let d, let a): at[d] = try tensors.negate(at[a], at: span)
    case .not(let d, let a): at[d] = .bool(!(try condition(at[a], at: span)))
    case .jumpIfFalse(let a, let target):
      if !(try condition(at[a], at: span)) { jump = Int(target) }
    case .jumpIfTrue(let a, let target):
      if try condition(at[a], at: span) { jump = Int(target) }
    case .requireBool(let a): at[a] = .bool(try condition(at[a], at: span))
    case .next(let d, let iterator, let done):
      if try !advance(at, iterator, into: d, at: span) { jump = Int(done) }
    case .loadGlobal(let d, let name): try load(frame, at, d, name, at: span)
    case .loadGlobalIfSet(let d, let name):
      at[d] = globals.variable(slot(frame, name))
    case .inlined(let f, let number, let call):
      if try !startsInlined(at[f], number, frame, at: span) { jump = Int(call) }
    case .call(let d, let f, let site):
      try callScript(at[f], given(site, at), destination: d, at: span)
    case .callMethod(let d, let receiver, let name, let site):
      try callMethod(frame, at, d, receiver, text(frame, name), site, at: span)
    case .verb(let d, let name, let site):
      at[d] = try verb(text(frame, name), given(site, at), at: span)
    case .closure(let d, let site): at[d] = .function(closure(frame, site, at))
    case .hook(let d, let site): at[d] = try hook(frame, site, at, at: span)
    case .importModule(let d, let module, let addsNames):
      at[d] = try importModule(module, addsNames: addsNames, at: span)
    case .assert(let a, let sides, let message):
      if at[a].exactBool == true { return }
      // Parts of a condition stand behind the condition itself.
      let isComparison = sides.first != a
      let shown = (isComparison ? sides : Array(sides.dropFirst())).map { side in
        (value: at[side], place: isComparison ? nil : function.place(of: [side], at: index))
      }
      try assertion(at[a], shown, message.map { at[$0] }, at: span)
    default: try collection(frame, index, at, span)
    }
  }

  /// Building and changing collections, and what has no value.
  private func collection(
    _ frame: Frame, _ index: Int, _ at: Registers, _ span: Span
  ) throws(Diagnostic) {
    let function = frame.function.function
    switch function.instructions[index] {
    case .unset(let d): at[d] = .unset
    case .requireSet(let a, let name):
      if at[a].isUnset { throw ValueError.unset(text(frame, name), at: span) }
    case .list(let d, let elements): at[d] = .list(ListBox(elements.map { at[$0] }))
    case .tuple(let d, let elements): at[d] = .tuple(TupleBox(elements.map { at[$0] }))
    case .record(let d, let names, let values):
      at[d] = .record(RecordBox(zip(names, values).map { RecordBox.Field($0, at[$1]) }))
    case .range(let d, let a, let b, let isClosed):
      at[d] = .range(
        RangeBox(
          lower: try at[a].rangeBound(at: span), upper: try at[b].rangeBound(at: span), isClosed: isClosed))
    case .format(let d, let parts):
      at[d] = try format(parts, at, span) { function.place(of: [$0], at: index) ?? span }
    case .index(let d, let a, let items):
      let value = try tensors.resolved(at[a], at: span)
      try pointed(function, index, items) { () throws(Diagnostic) in
        at[d] = try value.indexed(items.map { at.item($0) }, at: span)
      }
    case .setIndex(let base, let items, let a):
      let value = at[a]
      try pointed(function, index, items) { () throws(Diagnostic) in
        try at.change(base) { target throws(Diagnostic) in
          try target.setIndex(items.map { at.item($0) }, value, at: span)
        }
      }
    case .field(let d, let a, let name): at[d] = try field(at[a], text(frame, name), at: span)
    case .setField(let base, let name, let a):
      let value = at[a]
      try at.change(base) { target throws(Diagnostic) in
        try target.setField(text(frame, name), value, at: span)
      }
    case .iterate(let d, let a): try iterate(at, d, at[a], at: span)
    case .unpack(let first, let a, let count):
      let values = try at[a].unpacked(Int(count), at: span)
      for (offset, value) in values.enumerated() {
        at[Register(first.index + Int32(clamping: offset))] = value
      }
    case .append(let target, let a):
      let value = at[a]
      try at.change(target) { list throws(Diagnostic) in try list.append(value, at: span) }
    case .statement: beginStatement()
    case .result(let a): setResult(at[a])
    case .unsupported(let what): throw ValueError.notYet(what, at: span)
    default: break
    }
  }

  // MARK: Parts

  /// What is wrong with an index is shown at the index.
  private func pointed(
    _ function: ProgramFunction, _ index: Int, _ items: [IndexOperand], _ body: () throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    do throws(Diagnostic) { try body() } catch {
      guard error.code == .badIndex, error.span == function.spans[index],
        let place = function.place(of: items.compactMap(\.register), at: index)
      else { throw error }
      var error = error
      error.span = place
      throw error
    }
  }

  func text(_ frame: Frame, _ name: Int32) -> String { frame.function.owner.program.names[Int(name)] }

  private func slot(_ frame: Frame, _ name: Int32) -> Int {
    Int(frame.function.owner.slots[Int(name)])
  }

  private func condition(_ value: Value, at span: Span) throws(Diagnostic) -> Bool {
    if let condition = value.exactBool { return condition }
    if case .traced = value { throw .tracedCondition(at: span) }
    throw ValueError.condition(value, at: span)
  }

  private func load(
    _ frame: Frame, _ at: Registers, _ d: Register, _ name: Int32, at span: Span
  ) throws(Diagnostic) {
    let slot = slot(frame, name)
    let value = globals.load(slot)
    if value.isUnset {
      throw ValueError.undefined(text(frame, name), near: knownNames, at: span)
    }
    at[d] = value
    let isUpdate = frame.function.codes[frames[frames.count - 1].resume - 1].op == .takeGlobal
    guard isUpdate, value.isChangedInPlace, !globals.variable(slot).isUnset else { return }
    _ = globals.take(slot)
    taken = (slot, frame.base + Int(d.index))
  }

  /// Variables and builtins, for suggestions.
  var knownNames: [String] {
    globals.variables(of: module).map(\.name) + session.environment.names.sorted()
      + session.environment.constants.keys.sorted()
  }

  /// Text longer than this is a mistake, not a string.
  private static let longestText = 1 << 28

  private func format(
    _ parts: [FormatPart], _ at: Registers, _ span: Span, _ place: (Register) -> Span
  ) throws(Diagnostic) -> Value {
    var text = ""
    for part in parts {
      switch part {
      case .text(let piece): text += piece
      case .value(let register, let spec):
        try at[register].requireNumbers(at: span)
        if let spec {
          text += try at[register].formatted(spec, at: place(register))
        } else {
          text += try printed(at[register])
        }
      }
    }
    if text.utf8.count > Self.longestText {
      throw Diagnostic(.outOfMemory, "the string is longer than 256 MB", at: span)
    }
    return .string(StringBox(text))
  }

  // MARK: Loops

  private func iterate(
    _ at: Registers, _ d: Register, _ value: Value, at span: Span
  ) throws(Diagnostic) {
    let value = try value.startingLoop(session, at: span)
    let count = try value.iterationCount(at: span)
    if case .range(let range) = value {
      at[d] = .none
      at[d.next(1)] = .number(range.lower)
      at[d.next(2)] = .number(range.isClosed ? range.upper : range.upper - 1)
      return
    }
    if case .string = value { at[d] = .list(ListBox(try value.listed(at: span))) } else { at[d] = value }
    at[d.next(1)] = .number(0)
    at[d.next(2)] = .number(Double(count))
  }

  /// Whether there was another element.
  private func advance(
    _ at: Registers, _ iterator: Register, into d: Register, at span: Span
  ) throws(Diagnostic) -> Bool {
    guard case .number(let place) = at[iterator.next(1)],
      case .number(let count) = at[iterator.next(2)], place < count,
      let index = Int(exactly: place)
    else { return false }
    let sequence = at[iterator]
    at[iterator.next(1)] = .number(place + 1)
    at[d] = try sequence.iterationElement(index, at: span)
    return true
  }

  // MARK: Assertions

  private func assertion(
    _ condition: Value, _ sides: [(value: Value, place: Span?)], _ message: Value?, at span: Span
  ) throws(Diagnostic) {
    guard condition.exactBool != nil else { throw ValueError.condition(condition, at: span) }
    let source = sources.text(of: span) ?? ""
    var error = Diagnostic(
      .failedAssertion, "assertion failed: \(message?.printed ?? source)", at: span)
    if sides.count == 2, sides.allSatisfy({ $0.place == nil }) {
      let (left, right) = (short(sides[0].value), short(sides[1].value))
      error.label = "\(left) and \(right)"
      error.notes = ["left side: \(left)", "right side: \(right)"]
    } else {
      error.notes = notes(sides)
    }
    error.arguments = [.init("source", source)]
    throw error
  }

  /// What was evaluated, each once: `x` is 3.
  private func notes(_ parts: [(value: Value, place: Span?)]) -> [String] {
    var notes: [String] = []
    for part in parts where !part.value.isUnset {
      guard let place = part.place else { continue }
      let note = "`\(sources.text(of: place) ?? "")` is \(short(part.value))"
      if !notes.contains(note) { notes.append(note) }
    }
    return notes
  }

  private func short(_ value: Value) -> String {
    let text = value.shown
    return text.count > 200 ? String(text.prefix(200)) + "…" : text
  }
}

/// The registers of one frame. Addresses are taken anew for every access, since calls may move them.
struct Registers {
  let stack: RegisterStack
  let base: Int

  subscript(register: Register) -> Value {
    get { stack.base[base + Int(register.index)] }
    nonmutating set { stack.base[base + Int(register.index)] = newValue }
  }

  func item(_ operand: IndexOperand) -> IndexValue {
    switch operand {
    case .value(let register): .value(self[register])
    case .all: .all
    case .from(let register): .from(self[register])
    case .upTo(let register, let isClosed): .upTo(self[register], isClosed: isClosed)
    }
  }

  /// Changes a value in place: it is moved out, so that a box held here alone is not copied.
  func change(
    _ register: Register, _ body: (inout Value) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var value = self[register]
    self[register] = .none
    defer { self[register] = value }
    try body(&value)
  }
}

extension Register {
  func next(_ offset: Int32) -> Register { Register(index + offset) }
}
