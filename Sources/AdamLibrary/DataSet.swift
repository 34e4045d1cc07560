// Data sets: a recipe, what is known of it before rows are read, and the rows once they are.
import AdamData
import AdamIR
import AdamRuntime
import AdamSource

/// What is known from the script and the file's header; no row has been read.
package struct DataDescription {
  package enum TargetKind: Hashable, Sendable {
    case none
    /// Real columns.
    case real
    /// A class per row; `classes` is unknown until rows are read unless given.
    case label
    /// One number for each row before rows are read: classes where all are whole and not negative, which only
    /// the numbers tell. `readings` holds both.
    case vector
    /// Nothing is known of the targets before rows are read.
    case unknown
  }
  /// `csv`, `memory`, `sample`.
  package var origin: String
  package var path: String?
  /// Input columns by name; nil when unknown.
  package var inputColumns: [String]?
  package var targetColumns: [String]
  package var targetKind: TargetKind
  /// Type of one batch of inputs, `f32[batch, 64]`.
  package var inputType: TensorType
  /// Type of one batch of targets, `f32[batch, 1]` or `i32[batch]`; nil without targets and where the kind
  /// of the target is open.
  package var targetType: TensorType?
  /// Number of classes when known.
  package var classes: Int?
  package var rows: Int?
  /// Names of the parts once `split` has run: `train`, `val`, `test`.
  package var parts: [String]
  /// Which part this is of the data it was taken from.
  package var part: String?
  package var batchSize: Int?
  /// Where the data was made and where its targets were named, for messages.
  package var span: Span
  package var targetSpan: Span?
  /// A target that is no probability, where the numbers are known: binary losses refuse it.
  package var beyondUnit: Double?
  /// Where a step was fitted to all rows; splitting afterwards would leak.
  package var fittedSpan: Span?
  package init(
    origin: String, path: String? = nil, inputColumns: [String]? = nil, targetColumns: [String] = [],
    targetKind: TargetKind, inputType: TensorType, targetType: TensorType?, classes: Int? = nil,
    rows: Int? = nil, parts: [String] = [], batchSize: Int? = nil, span: Span, targetSpan: Span? = nil
  ) {
    self.origin = origin
    self.path = path
    self.inputColumns = inputColumns
    self.targetColumns = targetColumns
    self.targetKind = targetKind
    self.inputType = inputType
    self.targetType = targetType
    self.classes = classes
    self.rows = rows
    self.parts = parts
    self.batchSize = batchSize
    self.span = span
    self.targetSpan = targetSpan
  }
}

/// What turns the file's units into the network's and back. Kept by a trained model.
package struct DataUnits: Hashable, Sendable {
  package var inputs: ColumnScaling?
  package var targets: ColumnScaling?
  /// Class names as in the file, in the order of the classes.
  package var labels: [String]?
  /// The class names are numbers, and predictions are shown as numbers.
  package var hasNumericLabels = false
  package init() {}
}

/// Rows in memory with the recipe's description. A step of the recipe makes a new one; the rows it
/// does not change are shared.
package final class DataSet {
  package struct Part {
    package var name: String
    package var rows: [Int]
  }
  package var description: DataDescription
  /// Inputs as the network sees them, row major.
  package var inputs: Tensor
  package var targets: Tensor?
  /// The same in the file's units, row major; targets only when they are real.
  package var rawInputs: [Double] = []
  package var rawTargets: [Double] = []
  package var parts: [Part] = []
  /// The rows of a loop over this data set, in their order; nil outside of one.
  var passOrder: [Int32]?
  /// `batch` shuffles the training part.
  package var shuffles = false
  /// `batch(drop_last=true)`: an epoch leaves out the rows that do not fill a batch.
  package var dropsLast = false
  /// `split(order="file")`: never shuffled.
  package var keepsFileOrder = false
  package var units = DataUnits()
  /// Whether two columns differ wildly in scale; nil as long as nobody has looked.
  var knownScales: KnownScales?
  package init(description: DataDescription, inputs: Tensor, targets: Tensor?) {
    self.description = description
    self.inputs = inputs
    self.targets = targets
  }

  package var rowCount: Int { inputs.sizes.first ?? 0 }
  package var featureCount: Int { inputs.sizes.dropFirst().reduce(1, *) }

  /// A copy to change; tensors are shared.
  func copy() -> DataSet {
    let copy = DataSet(description: description, inputs: inputs, targets: targets)
    copy.rawInputs = rawInputs
    copy.rawTargets = rawTargets
    copy.parts = parts
    copy.shuffles = shuffles
    copy.dropsLast = dropsLast
    copy.keepsFileOrder = keepsFileOrder
    copy.units = units
    return copy
  }

  /// The rows of a part as a data set of their own; nil when there is no such part.
  func part(_ name: String, at span: Span) throws(Diagnostic) -> DataSet? {
    guard let part = parts.first(where: { $0.name == name }) else { return nil }
    let result = copy()
    result.parts = []
    result.description.parts = []
    result.description.part = name
    result.description.rows = part.rows.count
    result.inputs = try inputs.gathered(part.rows, at: span)
    if let targets { result.targets = try targets.gathered(part.rows, at: span) }
    result.rawInputs = DataSet.gather(rawInputs, part.rows, width: featureCount)
    result.rawTargets = DataSet.gather(
      rawTargets, part.rows, width: rowCount > 0 ? rawTargets.count / rowCount : 0)
    return result
  }

  private static func gather(_ values: [Double], _ rows: [Int], width: Int) -> [Double] {
    guard width > 0, !values.isEmpty else { return [] }
    return rows.flatMap { values[$0 * width..<($0 + 1) * width] }
  }

  /// What `train` fits: the part `train`, or all rows when there are no parts.
  func trainingRows(at span: Span) throws(Diagnostic) -> DataSet {
    if parts.isEmpty { return self }
    guard let part = try part("train", at: span) else { throw .noTrainingPart(self, at: span) }
    return part
  }
}
