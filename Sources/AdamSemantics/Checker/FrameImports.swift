// `import`: the file has been looked at already, so only its names are needed.
import AdamIR
import AdamLibrary
import AdamSource

extension Frame {
  func importModule(_ d: Register, _ number: Int32, _ addsNames: Bool) {
    guard let module = engine.session.modules[number] else { return write(d, .unknown) }
    let variables = Dictionary(engine.globals.variables(of: number), uniquingKeysWith: { a, _ in a })
    let fields = module.exports.compactMap { name in variables[name].map { AbstractField(name, $0) } }
    if addsNames {
      for field in fields { add(field, of: module) }
    }
    write(d, .makeRecord(fields))
  }

  private func add(_ field: AbstractField, of module: ImportedModule) {
    let number = engine.globals.number(of: field.name, in: program.module)
    let slot = engine.globals.slots[number]
    let isKnown = engine.importOrigins[number] ?? engine.session.modules.origin(of: field.name, in: program.module)
    if !slot.isUnset, isKnown != module.number {
      let first = engine.assignedNames[number].flatMap { $0 == span ? nil : $0 }
      engine.report(.importClash(field.name, module.path, first: first, at: span))
    }
    engine.importOrigins[number] = module.number
    writeGlobal(number, Slot(value: field.value))
  }

  /// Globals that an `import` in a loop may assign.
  func importedGlobals(_ instruction: Instruction) -> [Int] {
    guard case .importModule(_, let number, true) = instruction, let module = engine.session.modules[number]
    else { return [] }
    return module.exports.map { engine.globals.number(of: $0, in: program.module) }
  }
}
