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
  /// Type of one batch of targets, `f32[batch, 1]` or `i32[batch]`; nil without targets.
  package var targetType: TensorType?
  /// Number of classes when known.
  package var classes: Int?
  package var rows: Int?
  /// Names of the parts once `split` has run: `train`, `val`, `test`.
  package var parts: [String]
  package var batchSize: Int?
  /// Where the data was made and where its targets were named, for messages.
  package var span: Span
  package var targetSpan: Span?
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

/// Rows in memory with the recipe's description. Owned by the training library.
package final class DataSet {
  package var description: DataDescription
  /// Inputs as the network sees them, row major.
  package var inputs: Tensor
  package var targets: Tensor?
  package init(description: DataDescription, inputs: Tensor, targets: Tensor?) {
    self.description = description
    self.inputs = inputs
    self.targets = targets
  }
}
