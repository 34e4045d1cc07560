// `import`: a file's top level runs once, as a call with names of its own.
import AdamIR
import AdamLibrary
import AdamSource

extension Interpreter {
  /// The module of the running code.
  var module: Int32 { frames.last?.owner.program.module ?? 0 }

  /// The public names of a file as a record; with `addsNames` they become names of the importing file.
  func importModule(_ number: Int32, addsNames: Bool, at span: Span) throws(Diagnostic) -> Value {
    guard let module = session.modules[number] else { throw ValueError.notYet("this `import`", at: span) }
    if !session.modules.hasRun.contains(number) { try run(module, at: span) }
    let variables = Dictionary(globals.variables(of: number), uniquingKeysWith: { a, _ in a })
    let fields = module.exports.compactMap { name in variables[name].map { RecordBox.Field(name, $0) } }
    if addsNames { try add(fields, of: module, at: span) }
    return .record(RecordBox(fields))
  }

  private func run(_ module: ImportedModule, at span: Span) throws(Diagnostic) {
    let decoded = DecodedProgram(session.optimised(module.program), globals: globals)
    guard let main = decoded.functions.first else { return }
    try withExtendedLifetime(decoded) { () throws(Diagnostic) in
      try push(.passUnretained(main), destination: 0, at: span)
      _ = try loop(until: frames.count - 1)
    }
    session.modules.markRun(module.number)
  }

  private func add(_ fields: [RecordBox.Field], of module: ImportedModule, at span: Span) throws(Diagnostic) {
    for field in fields {
      let slot = globals.slot(field.name, in: self.module)
      let origin = session.modules.origin(of: field.name, in: self.module)
      guard globals.variable(slot).isUnset || origin == module.number else {
        throw .importClash(field.name, module.path, first: nil, at: span)
      }
    }
    for field in fields {
      globals.store(globals.slot(field.name, in: self.module), field.value)
      session.modules.setOrigin(module.number, of: field.name, in: self.module)
    }
  }
}
