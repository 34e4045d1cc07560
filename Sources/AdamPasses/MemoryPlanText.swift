// The text form of a memory plan, one value a line.
import AdamIR

extension MemoryPlan {
  /// Bytes, place and lifetime (indices of operations) of every value, in the order of definition.
  package func text(_ function: TensorFunction) -> String {
    let rows = order(function).map { id, name -> [String] in
      let place = placement(id)
      return ["%\(id.index)", name, "\(place.byteCount) bytes", storage(place, function), life(id, place)]
    }
    let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = ["plan @\(function.name): arena \(arenaByteCount) bytes, \(rows.count) values"]
    for row in rows {
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      let line = "  " + cells.joined(separator: "  ")
      lines.append(String(line[...(line.lastIndex { $0 != " " } ?? line.startIndex)]))
    }
    for copy in copies { lines.append("  copy %\(copy.from.index) to %\(copy.to.index)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func order(_ function: TensorFunction) -> [(ValueID, String)] {
    function.parameters.map { ($0.value, $0.name) }
      + function.operations.flatMap { operation in operation.results.map { ($0, operation.op.name) } }
  }

  private func storage(_ place: Placement, _ function: TensorFunction) -> String {
    switch place.storage {
    case .arena(let offset): "arena +\(offset)"
    case .parameter(let id): "in %\(id.index)"
    }
  }

  private func life(_ id: ValueID, _ place: Placement) -> String {
    setup.contains(place.start) ? "constant" : "\(max(place.start, 0))..\(place.end)"
  }
}
