// Names: reading, assigning, functions made, `on` blocks.
import AdamIR
import AdamLibrary
import AdamSource

extension Frame {
  /// A top-level variable, else a builtin of that name.
  func loadGlobal(_ index: Int32) -> AbstractValue {
    let slot = readGlobal(index)
    if !slot.isUnset && !slot.mayBeUnset { return slot.value }
    let name = name(index)
    let builtin = engine.builtin(name, in: program.module)
    if slot.isUnset {
      if let builtin { return builtin }
      reportUnset(name)
      return .unknown
    }
    if builtin != nil { return .unknown }
    if !isUncalled && callSpan == nil { engine.report(.maybeUnset(name, at: span)) }
    // Said once: from here on it counts as assigned.
    writeGlobal(global(index), Slot(value: slot.value, place: slot.place))
    return slot.value
  }

  private func reportUnset(_ name: String) {
    if name.isEmpty { return }
    let isAssigned = engine.assignedNames[engine.globals.number(of: name, in: program.module)] != nil
    // Later entries may bind what a function names that is not called yet.
    if isUncalled && (engine.isInteractive || isAssigned) { return }
    if flow.isDead && isAssigned { return }
    engine.reportUnknownName(name, at: span)
  }

  func requireSet(_ register: Register, _ name: String) {
    let slot = slot(register)
    guard !flow.isDead else { return }
    if slot.isUnset {
      let isOuter = engine.globals.slots[engine.globals.number(of: name, in: program.module)].isUnset == false
      engine.report(.localUnset(name, in: function.name, isOuter: isOuter, at: span))
    } else if slot.mayBeUnset {
      engine.report(.maybeUnset(name, at: span))
    } else {
      return
    }
    write(register, slot.isUnset ? .unknown : slot.value)
  }

  func storeGlobal(_ index: Int32, _ register: Register) {
    let number = global(index)
    let name = name(index)
    if engine.globals.slots[number].isUnset, engine.session.environment[name]?.yieldsToVariables == false {
      engine.report(.shadowsBuiltin(name, at: span))
    }
    writeGlobal(
      number, Slot(value: value(register), place: function.place(of: [register], at: position) ?? span))
  }

  func closure(_ site: ClosureSite) -> AbstractValue {
    let captures = site.captures.map { (register: $0.to, value: self.value($0.from)) }
    let defaults = site.defaults.map { (parameter: $0.parameter, value: self.value($0.from)) }
    let made = AbstractFunction(
      program: program, function: site.function, captures: captures, defaults: defaults)
    engine.note(made)
    return .function(made)
  }

  // MARK: `on` blocks

  /// Looks at the block now, with the names that the training loop binds. It runs later and often,
  /// so what it assigns is joined with what was there.
  func hook(_ d: Register, _ site: HookSite) {
    write(d, .hook)
    if let every = site.every {
      let value = value(every)
      let isWhole = value.exactNumber.map { $0 >= 1 && $0 == $0.rounded() } ?? true
      if value.fit(.number) == .no || !isWhole {
        engine.report(.every(value.foundText, at: operand(every).span ?? span))
      }
    }
    guard case .function(let closure) = value(site.closure), !flow.isDead,
      program.functions.indices.contains(closure.function)
    else { return }
    let body = program.functions[closure.function]
    reportForbidden(in: body)
    reportForbidden(in: body, of: site)
    let assigned = Set(
      body.instructions.compactMap { instruction -> Int? in
        if case .storeGlobal(let name, _) = instruction { global(name) } else { nil }
      }
    ).sorted()
    let before = assigned.map { engine.globals.slots[$0] }
    let after = engine.runningLater { engine.runHook(closure.forgetting(site), assigned: assigned) }
    for (i, number) in assigned.enumerated() {
      let value = before[i].isUnset ? after[i].value : before[i].value.join(after[i].value)
      writeGlobal(number, Slot(value: value.isUnset ? .unknown : value))
    }
    for update in site.updates { write(update.register, .unknown) }
  }

  /// The same for the variables of a function that the block stands in.
  private func reportForbidden(in body: ProgramFunction, of site: HookSite) {
    for update in site.updates where ["model", "data", "loss", "opt"].contains(update.name) {
      guard let own = site.captures.first(where: { $0.from == update.register })?.to else { continue }
      for (instruction, place) in zip(body.instructions, body.spans)
      where instruction.changedRegister == nil && instruction.writtenRegisters.contains(own) {
        engine.report(.forbiddenInHook("rebind `\(update.name)`", at: place))
      }
    }
  }

  /// A block may not train, nor rebind what is being trained; `opt.lr = x` only changes it.
  private func reportForbidden(in body: ProgramFunction) {
    var changed: Register?
    for (instruction, place) in zip(body.instructions, body.spans) {
      defer { changed = instruction.changedRegister }
      switch instruction {
      case .verb(_, let name, _)
      where engine.session.environment.verb(self.name(name))?.rowUse == .trains:
        engine.report(.forbiddenInHook("train", at: place))
      case .storeGlobal(_, let a) where a == changed: break
      case .storeGlobal(let name, _)
      where ["model", "data", "loss", "opt"].contains(self.name(name)):
        engine.report(.forbiddenInHook("rebind `\(self.name(name))`", at: place))
      default: break
      }
    }
  }
}

extension Instruction {
  /// The register whose value is changed in part, not replaced.
  fileprivate var changedRegister: Register? {
    switch self {
    case .setField(let base, _, _), .setIndex(let base, _, _): base
    default: nil
    }
  }
}

extension AbstractFunction {
  /// Without the values of variables that the block updates: an earlier run may have changed them.
  fileprivate func forgetting(_ site: HookSite) -> AbstractFunction {
    var result = self
    let changed = Set(site.captures.filter { site.updates.map(\.register).contains($0.from) }.map(\.to))
    for index in result.captures.indices where changed.contains(result.captures[index].register) {
      result.captures[index].value = .unknown
    }
    return result
  }
}

extension CheckEngine {
  /// A builtin or constant as a value; `here` is the directory of the file that says it.
  func builtin(_ name: String, in module: Int32) -> AbstractValue? {
    if name == "here" { return .known(.string(StringBox(session.modules.directory(of: module)))) }
    if let definition = session.environment[name] {
      return .known(.builtin(ConfiguredBuiltin(definition)))
    }
    return session.environment.constants[name].map { .constant($0) }
  }

  /// What the block leaves in the globals it assigns; they themselves stay as they are.
  func runHook(_ closure: AbstractFunction, assigned: [Int]) -> [Slot] {
    let body = closure.program.functions[closure.function]
    let frame = Frame(
      engine: self, program: closure.program, function: closure.function, callSpan: body.span)
    frame.isHookRun = true
    for number in assigned {
      let slot = globals.slots[number]
      frame.writeGlobal(number, Slot(value: .unknown, mayBeUnset: slot.isUnset))
    }
    let arguments = body.parameters.map { $0.name == "val_loss" ? .unknown : AbstractValue.number }
    frame.receive(arguments, closure)
    frames.append(frame)
    frame.run()
    frames.removeLast()
    let after = assigned.map { globals.slots[$0] }
    frame.flow.rewind()
    return after
  }
}
