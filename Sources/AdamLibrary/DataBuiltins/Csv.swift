// csv: rows of a file. The header is read when the script is checked, the rows when it runs.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

enum CsvData {
  static let builtin = BuiltinDefinition(
    name: "csv", group: "data", summary: "Rows of a csv file whose first line names the columns.",
    signature: Signature([
      ParameterDefinition("path", .string, "the file"),
      ParameterDefinition(
        "target", .oneOf([.string, .list]), "column of real numbers to predict, or a list of them",
        default: .some(.none), isKeywordOnly: true),
      ParameterDefinition(
        "label", .string, "column of classes to predict", default: .some(.none), isKeywordOnly: true),
      ParameterDefinition(
        "inputs", .list, "columns to learn from; all others unless given", default: .some(.none),
        isKeywordOnly: true),
      ParameterDefinition(
        "delimiter", .string, "the sign between fields", default: .string(","), isKeywordOnly: true),
    ]),
    example: "data = csv(\"scripts/data/iris.csv\", label=\"species\")\n"
      + "print data.features  # prints: 4",
    page: Page(
      "The header is read when the script is checked, so a wrong column is found before training. `target` "
          + "names real numbers, `label` a class; all other columns are inputs.",
      shape: "rows of the file → x [rows, features], y [rows, targets] or [rows]",
      see: ["split", "standardize", "batch", "train"]),
    check: { context, arguments in
      guard let path = arguments.string("path"), !arguments.hasUnknownColumns else {
        return .unknown
      }
      do throws(Diagnostic) {
        let reader = try reader(path, arguments, context.session)
        return .data(try Recipe(arguments, path: path, columns: reader.readHeader()).description)
      } catch {
        context.report(error)
        return .unknown
      }
    },
    run: { context, arguments throws(Diagnostic) in
      let path = arguments.string("path") ?? ""
      let reader = try reader(path, arguments, context.session)
      let recipe = try Recipe(arguments, path: path, columns: reader.readHeader())
      context.session.keptReaders[path] = nil
      return .data(try recipe.read(reader))
    })

  /// The file's reader. One that cannot be opened again (a FIFO) is kept where the check left it.
  private static func reader<V: ArgumentValue>(
    _ path: String, _ arguments: BoundArguments<V>, _ session: SessionState
  ) throws(Diagnostic) -> CSVReader {
    if let kept = session.keptReaders[path] { return kept }
    let span = arguments.place(of: "path")
    let sign = arguments.string("delimiter") ?? ","
    guard let delimiter = sign.utf8.first, sign.utf8.count == 1, !"\"\r\n".utf8.contains(delimiter) else {
      throw .badDelimiter(sign, at: arguments.place(of: "delimiter"))
    }
    let source: any ByteSource
    do throws(HostError) { source = try session.host.open(path) } catch {
      throw .fileAccess(error, at: span)
    }
    let reader = CSVReader(source: source, path: path, span: span, delimiter: delimiter)
    if !source.isReopenable { session.keptReaders[path] = reader }
    return reader
  }
}

extension BoundArguments where V: ArgumentValue {
  fileprivate var hasUnknownColumns: Bool {
    isGiven("label") && string("label") == nil
      || ["target", "inputs"].contains { isGiven($0) && columnNames($0) == nil }
  }

  /// One name or a list of names; nil when not given or not known.
  fileprivate func columnNames(_ name: String) -> [String]? {
    if let text = string(name) { return [text] }
    guard let value = self[name] else { return nil }
    return value.exactStrings
  }
}

extension ArgumentValue {
  /// The texts of a list; nil when it holds anything else or is not known.
  fileprivate var exactStrings: [String]? {
    let parts: [(any ArgumentValue)]?
    switch self {
    case let value as Value: parts = value.elements
    case let value as AbstractValue: parts = value.asElements
    default: parts = nil
    }
    guard let parts else { return nil }
    let texts = parts.compactMap(\.exactString)
    return texts.count == parts.count ? texts : nil
  }
}

/// A csv call with its header.
private struct Recipe {
  let path: String
  let columns: [String]
  let roles: ColumnRoles
  let span: Span
  let targetSpan: Span?

  init<V: ArgumentValue>(
    _ arguments: BoundArguments<V>, path: String, columns: [String]
  ) throws(Diagnostic) {
    self.path = path
    self.columns = columns
    span = arguments.span
    let label = arguments.string("label")
    let target = arguments.columnNames("target")
    if let label, target != nil { throw .targetAndLabel(label, at: arguments.span) }
    targetSpan = arguments.span(of: "label") ?? arguments.span(of: "target")
    let selection: TargetSelection =
      if let label { .label(label) } else if let target { .real(target) } else { .none }
    var roles = try ColumnRoles(
      columns: columns, target: selection, path: path, span: span, targetSpan: targetSpan)
    if arguments.isGiven("inputs") {
      let names = arguments.columnNames("inputs") ?? []
      roles.inputs = []
      for name in names {
        guard let index = columns.firstIndex(of: name) else {
          throw .unknownColumn(
            name, columns: columns, path: path, span: arguments.place(of: "inputs"))
        }
        if roles.targets.contains(index) { throw .targetAsInput(name, at: arguments.place(of: "inputs"), targetSpan) }
        roles.inputs.append(index)
      }
    }
    self.roles = roles
  }

  var description: DataDescription {
    let targets = roles.targets.map { columns[$0] }
    let targetType: TensorType? =
      targets.isEmpty
      ? nil
      : roles.isLabel
        ? TensorType(.i32, Shape([.batch]))
        : TensorType(.f32, Shape([.batch, Dimension(targets.count)]))
    return DataDescription(
      origin: "csv", path: path, inputColumns: roles.inputs.map { columns[$0] },
      targetColumns: targets,
      targetKind: targets.isEmpty ? .none : roles.isLabel ? .label : .real,
      inputType: TensorType(.f32, Shape([.batch, Dimension(roles.inputs.count)])),
      targetType: targetType, span: span, targetSpan: targetSpan)
  }

  /// All rows. A real target that is text becomes a label.
  func read(_ reader: CSVReader) throws(Diagnostic) -> DataSet {
    let table = try reader.readRows(roles.uses(count: columns.count))
    let raw = table.numbers(columns: roles.inputs)
    var description = description
    description.rows = table.rowCount
    var units = DataUnits()
    var targets: Tensor?
    var rawTargets: [Double] = []
    let isText = roles.targets.contains { table.texts[$0]?.isNumeric == false }
    do throws(AllocationError) {
      if let column = roles.targets.first, roles.isLabel || (isText && roles.targets.count == 1),
        let classes = table.classes(column: column)
      {
        targets = try Tensor([table.rowCount], integers: classes.codes)
        units.labels = classes.names
        units.hasNumericLabels = classes.isNumeric
        description.classes = classes.names.count
        description.targetKind = .label
        description.targetType = TensorType(.i32, Shape([.batch]))
      } else if !roles.targets.isEmpty {
        rawTargets = table.numbers(columns: roles.targets)
        targets = try Tensor(
          [table.rowCount, roles.targets.count], floats: rawTargets.map(flushedFloat))
      }
      let inputs = try Tensor([table.rowCount, roles.inputs.count], floats: raw.map(flushedFloat))
      description.beyondUnit = targets?.beyondUnit
      let data = DataSet(description: description, inputs: inputs, targets: targets)
      data.rawInputs = raw
      data.rawTargets = rawTargets
      data.units = units
      return data
    } catch {
      throw .outOfMemory(error, at: span)
    }
  }
}

extension Diagnostic {
  static func badDelimiter(_ sign: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outOfRange, "`delimiter` of `csv` must be one ASCII sign, such as \";\", found \"\(sign)\"",
      at: span)
  }

  static func targetAsInput(_ name: String, at span: Span, _ targetSpan: Span?) -> Diagnostic {
    var diagnostic = Diagnostic(.wrongKind, "`\(name)` is what is to be predicted, so it cannot be an input", at: span)
    if let targetSpan { diagnostic.labels = [Label(targetSpan, "the target")] }
    return diagnostic
  }

  static func targetAndLabel(_ label: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .wrongKind, "`csv` takes `target=` (real numbers) or `label=` (classes), not both", at: span)
  }
}
