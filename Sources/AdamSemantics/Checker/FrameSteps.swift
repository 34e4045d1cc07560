// What each instruction does to what is known.
import AdamIR
import AdamLibrary
import AdamSource
import AdamSyntax

extension Frame {
  func step(_ instruction: Instruction) {
    switch instruction {
    case .constant(let d, let constant): write(d, .constant(constant))
    case .move(let d, let from): write(d, slot(from))
    case .unset(let d): write(d, Slot.unset)
    case .requireSet(let register, let name): requireSet(register, self.name(name))
    case .loadGlobal(let d, let name):
      let value = loadGlobal(name)
      write(d, Slot(value: value, isUndefined: value.isUnknown && engine.isUnknownName(self.name(name))))
    case .loadGlobalIfSet(let d, let name): write(d, readGlobal(name))
    case .storeGlobal(let name, let register): storeGlobal(name, register)
    case .jump(let label): jump(to: label)
    case .jumpIfFalse(let c, let label): branch(on: c, ifTrue: false, to: label)
    case .jumpIfTrue(let c, let label): branch(on: c, ifTrue: true, to: label)
    case .loop(let header): closeLoop(header: header)
    case .loopHeader(let end): enterLoop(end: end)
    case .returnValue(let register): returnValue(register)
    case .statement: startStatement()
    case .result(let register): showResult(register)
    case .unsupported(let what): engine.report(.notYet(what, at: span))
    case .requireBool(let register): requireBool(register)
    case .assert(let condition, _, _):
      checked { () throws(Diagnostic) in _ = try self.value(condition).condition(at: self.span) }
    case .hook(let d, let site): hook(d, site)
    case .importModule(let d, let module, let addsNames): importModule(d, module, addsNames)
    default: valueStep(instruction)
    }
  }

  private func valueStep(_ instruction: Instruction) {
    switch instruction {
    case .binary(let d, let op, let a, let b):
      write(d, checking { () throws(Diagnostic) in try self.binary(op, a, b) })
    case .negate(let d, let a): write(d, checking { () throws(Diagnostic) in try self.negated(a) })
    case .not(let d, let a): write(d, not(a))
    case .list(let d, let elements): write(d, .makeList(elements.map { value($0) }))
    case .tuple(let d, let elements): write(d, .makeTuple(elements.map { value($0) }))
    case .record(let d, let names, let registers):
      write(d, .makeRecord(zip(names, registers).map { AbstractField($0, value($1)) }))
    case .range(let d, let lower, let upper, let isClosed):
      write(d, checking { () throws(Diagnostic) in try self.range(lower, upper, isClosed) })
    case .format(let d, let parts): write(d, format(parts))
    case .index(let d, let base, let items): write(d, index(base, items))
    case .setIndex(let base, let items, let register): setIndex(base, items, register)
    case .field(let d, let base, let name):
      write(d, Slot(value: field(base, self.name(name)), isUndefined: slot(base).isUndefined))
    case .setField(let base, let name, let register): setField(base, self.name(name), register)
    case .iterate(let d, let source): write(d, iterate(source))
    case .next(let d, let iterator, _): write(d, value(iterator).iterationElement ?? .unknown)
    case .unpack(let first, let source, let count): unpack(first, source, count)
    case .append(let list, let element):
      let elements = value(list).elementValue
      let isFirst = value(list).knownCount == 0
      let new = value(element)
      if exactAppends.contains(position), let known = value(list).asElements {
        return write(list, .makeList(known + [new]))
      }
      write(list, .listOf(isFirst ? new : elements.map { $0.join(new) } ?? .unknown))
    default: callStep(instruction)
    }
  }

  private func callStep(_ instruction: Instruction) {
    switch instruction {
    case .call(let d, let callee, let site):
      let given = arguments(site)
      let call = Call(engine: engine, span: span)
      write(d, call.apply(value(callee), given, name: operand(callee).name))
    case .callMethod(let d, let receiver, let name, let site): write(d, method(receiver, name, site))
    case .verb(let d, let name, let site):
      let text = self.name(name)
      guard let definition = engine.session.environment.verb(text) else {
        engine.report(.notYet("`\(text)`", at: span))
        return write(d, .unknown)
      }
      let given = arguments(site)
      engine.takenPlaces = Set(given.filter { $0.isImplicit && $0.span != span }.map(\.span))
      write(d, Call(engine: engine, span: span).apply(definition, [], given))
      engine.takenPlaces = []
    case .closure(let d, let site): write(d, closure(site))
    default: break
    }
  }

  /// Reports what is thrown; the result is unknown then, so that nothing follows from it.
  func checking(_ body: () throws(Diagnostic) -> AbstractValue) -> AbstractValue {
    do throws(Diagnostic) {
      return try body()
    } catch {
      engine.report(error)
      return .unknown
    }
  }

  private func checked(_ body: () throws(Diagnostic) -> Void) {
    do throws(Diagnostic) { try body() } catch { engine.report(error) }
  }

  // MARK: Values

  private func binary(_ op: ProgramOperator, _ a: Register, _ b: Register) throws(Diagnostic) -> AbstractValue {
    let result = try AbstractArithmetic(op, operand(a), operand(b), at: span).result()
    return try engine.following([value(a), value(b)], known: result, at: span) { values throws(Diagnostic) in
      try TensorArithmetic(engine.session).operate(op, values[0], values[1], at: span)
    }
  }

  private func negated(_ a: Register) throws(Diagnostic) -> AbstractValue {
    let result = try value(a).negated(at: span)
    return try engine.following([value(a)], known: result, at: span) { values throws(Diagnostic) in
      try TensorArithmetic(engine.session).negate(values[0], at: span)
    }
  }

  private func not(_ register: Register) -> AbstractValue {
    let value = value(register)
    if value.isTraced { return refuseCondition(at: span) }
    switch value.kindOfValue {
    case .unknown, .bool: return value.exactBool.map { .known(.bool(!$0)) } ?? .bool
    case .tensor(let type) where type.element == .bool && type.shape.rank == 0: return .bool
    default:
      engine.report(.notBool("not", value.foundText, at: operand(register).span ?? span))
      return .unknown
    }
  }

  private func refuseCondition(at span: Span) -> AbstractValue {
    engine.report(.tracedCondition(at: span))
    return .unknown
  }

  private func requireBool(_ register: Register) {
    let value = value(register)
    if value.isTraced { return write(register, refuseCondition(at: span)) }
    switch value.kindOfValue {
    case .unknown, .bool: return
    case .tensor(let type) where type.element == .bool && type.shape.rank == 0: return
    default:
      engine.report(.notBool("`and` and `or`", value.foundText, at: span))
      write(register, .unknown)
    }
  }

  private func range(
    _ lower: Register, _ upper: Register, _ isClosed: Bool
  ) throws(Diagnostic) -> AbstractValue {
    for end in [lower, upper] where value(end).fit(.number) == .no {
      throw .rangeEnd(value(end).foundText, at: operand(end).span ?? span)
    }
    for case .known(let end) in [value(lower), value(upper)] { _ = try end.rangeBound(at: span) }
    if let a = value(lower).exactNumber, let b = value(upper).exactNumber {
      return .known(.range(RangeBox(lower: a, upper: b, isClosed: isClosed)))
    }
    return .range
  }

  private func format(_ parts: [FormatPart]) -> AbstractValue {
    for case .value(let register, _) in parts where value(register).isTraced {
      engine.report(.tracedPrint(at: span))
      return .string
    }
    for case .value(let register, let spec?) in parts {
      guard let kind = spec.last, "defg%x".contains(kind) else { continue }
      let value = value(register)
      let place = operand(register).span ?? span
      switch value.kindOfValue {
      case .number:
        if case .known(let number) = value {
          checked { () throws(Diagnostic) in _ = try number.formatted(spec, at: place) }
        }
      case .unknown: break
      case .tensor(let type) where type.shape.rank == 0: break
      default: engine.report(.formatsNumbers(spec, value.foundText, at: place))
      }
    }
    return .string
  }

  private func index(_ base: Register, _ items: [IndexOperand]) -> AbstractValue {
    let value = value(base)
    return checking { () throws(Diagnostic) in
      do throws(Diagnostic) {
        if case .known(let exact) = value, value.isPlain, let exactItems = self.exactIndices(items) {
          return .abstract(of: try exact.indexed(exactItems, at: self.span))
        }
        let result = try value.indexed(self.indices(items), at: self.span)
        guard let exact = self.exactIndices(items) else { return result }
        return try self.engine.following([value], known: result, at: self.span) { values throws(Diagnostic) in
          try values[0].indexed(exact, at: self.span)
        }
      } catch {
        // Further parts of the same variable would say the same.
        if let name = self.operand(base).name, case .tuple = value.kindOfValue { self.engine.forget(name) }
        guard error.code == .badIndex, error.span == self.span,
          let place = self.function.place(of: items.compactMap(\.register), at: self.position)
        else { throw error }
        var error = error
        error.span = place
        throw error
      }
    }
  }

  /// The items when lists and strings are indexed by what is exactly known.
  private func exactIndices(_ items: [IndexOperand]) -> [IndexValue]? {
    var result: [IndexValue] = []
    for item in indices(items) {
      switch item {
      case .value(.known(let value)): result.append(.value(value))
      case .all: result.append(.all)
      case .from(.known(let value)): result.append(.from(value))
      case .upTo(.known(let value), let isClosed): result.append(.upTo(value, isClosed: isClosed))
      default: return nil
      }
    }
    return result
  }

  private func indices(_ items: [IndexOperand]) -> [AbstractIndex] {
    items.map { item in
      switch item {
      case .value(let register): .value(value(register))
      case .all: .all
      case .from(let register): .from(value(register))
      case .upTo(let register, let isClosed): .upTo(value(register), isClosed: isClosed)
      }
    }
  }

  private func setIndex(_ base: Register, _ items: [IndexOperand], _ register: Register) {
    let container = value(base)
    let place = index(base, items)
    checked { () throws(Diagnostic) in
      try container.checkElement(replacing: place, with: self.value(register), at: self.span)
    }
    switch container.kindOfValue {
    case .tensor: write(base, container.withoutContents)
    case .list: write(base, .listOf(.unknown))
    case .layer: break
    default: write(base, .unknown)
    }
  }

  private func field(_ base: Register, _ name: String) -> AbstractValue {
    let value = value(base)
    switch value.field(name) {
    case .value(let found): return found
    case .unknown: return .unknown
    case .missing(let names):
      var error = value.noField(name, among: names, at: span)
      if let word = Phrasebook.member(name) { error.helps = [Help(word.help)] }
      engine.report(error)
      return .unknown
    }
  }

  private func setField(_ base: Register, _ name: String, _ register: Register) {
    checked { () throws(Diagnostic) in
      try self.value(base).checkField(name, to: self.value(register), at: self.span)
    }
    switch value(base).kindOfValue {
    case .layer, .optimizer: return
    case .record:
      if let parameter = function.unseenParameter(base, changedAt: position) {
        engine.report(.changesCopy(parameter, at: span))
      }
      guard var record = value(base).asFields,
        let index = record.fields.firstIndex(where: { $0.name == name })
      else { return write(base, .unknown) }
      record.fields[index].value = value(register)
      write(base, .record(record.fields, kind: record.kind))
    default: write(base, .unknown)
    }
  }

  private func iterate(_ source: Register) -> AbstractValue {
    let value = value(source)
    guard value.iterationElement != nil else {
      engine.report(.cannotIterate(value.withoutTrace, at: span))
      return .unknown
    }
    return value
  }

  private func unpack(_ first: Register, _ source: Register, _ count: Int32) {
    var parts: [AbstractValue] = []
    checked { () throws(Diagnostic) in
      parts = try self.value(source).unpacked(Int(count), at: self.operand(source).span ?? self.span)
    }
    for i in 0..<max(count, 0) {
      let part = Int(i) < parts.count ? parts[Int(i)] : .unknown
      write(Register(first.index &+ i), part)
    }
  }

  // MARK: Statements

  private func startStatement() {
    guard flow.isDead, !hasWarnedUnreachable else { return }
    hasWarnedUnreachable = true
    engine.add(.unreachable(at: span))
  }

  /// The value of a statement that nothing takes. A prompt shows it.
  private func showResult(_ register: Register) {
    guard !engine.isInteractive, position > 0, !flow.isDead else { return }
    switch function.instructions[position - 1] {
    case .binary(_, let op, _, _): engine.report(.unusedValue(isEquation: op == .equal, at: span))
    // What verbs such as `assert` leave.
    case .constant(_, .none): break
    case .constant, .loadGlobal, .negate, .not, .list, .tuple, .record, .range, .format, .index,
      .field, .closure:
      // The name of something unknown has been reported.
      if value(register).isUnknown { return }
      engine.report(.unusedValue(isEquation: false, at: span))
    default: break
    }
  }
}
