// Targets whose kind is open until rows are read: what holds of them whatever they turn out to be.
import AdamIR
import AdamSource

extension DataDescription {
  /// What the data may turn out to be: itself where the kind of the target is known. Empty where nothing is
  /// known of the targets.
  var readings: [DataDescription] {
    switch targetKind {
    case .none, .real, .label: [self]
    case .vector: [reading(.real, .f32), reading(.label, .i32)]
    case .unknown: []
    }
  }

  private func reading(_ kind: TargetKind, _ element: ElementType) -> DataDescription {
    var result = self
    result.targetKind = kind
    result.targetType = TensorType(element, Shape([.batch]))
    return result
  }

  /// What `look` gives for each reading that it does not refuse. Throws when it refuses all of them for the
  /// same reason; where the reasons differ, running tells which it is.
  func inEveryReading<Found>(
    _ look: (DataDescription) throws(Diagnostic) -> Found
  ) throws(Diagnostic) -> [Found] {
    var found: [Found] = []
    var refusals: [Diagnostic] = []
    for reading in readings {
      do throws(Diagnostic) { found.append(try look(reading)) } catch { refusals.append(error) }
    }
    guard found.isEmpty, var refusal = refusals.first else { return found }
    for other in refusals.dropFirst() {
      guard other.code == refusal.code, other.message == refusal.message, other.span == refusal.span else { return [] }
      refusal.labels.removeAll { !other.labels.contains($0) }
      refusal.notes.removeAll { !other.notes.contains($0) }
      refusal.helps.removeAll { !other.helps.contains($0) }
    }
    throw refusal
  }
}
