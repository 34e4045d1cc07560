// Did you mean: the nearest of the names that would have been right here. A bad suggestion is worse
// than none, so the limit is tight.

/// The name in `candidates` that `word` most likely stands for, or nil. Distance is Damerau's
/// (insert, delete, replace, swap neighbours; optimal alignment) and may not exceed
/// max(1, length / 3) nor reach the whole word. Equal distances: the first in byte order.
public func nearest(_ word: String, in candidates: some Sequence<String>) -> String? {
  let target = Array(word.utf8)
  // Longer words are no typing mistakes, and the distance is quadratic in the length.
  guard !target.isEmpty, target.count <= 64 else { return nil }
  let limit = min(max(1, target.count / 3), target.count - 1)
  guard limit > 0 else { return nil }
  var best: (distance: Int, name: String)?
  for candidate in candidates where candidate != word {
    let bytes = Array(candidate.utf8)
    guard !bytes.isEmpty, abs(bytes.count - target.count) <= limit else { continue }
    let distance = editDistance(target, bytes)
    guard distance <= limit else { continue }
    if let known = best, (known.distance, known.name) <= (distance, candidate) { continue }
    best = (distance, candidate)
  }
  return best?.name
}

/// Damerau's distance in its optimal-alignment form: no part is edited twice.
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  var row = last
  for i in a.indices {
    row[0] = i + 1
    for j in b.indices {
      let replaced = last[j] + (a[i] == b[j] ? 0 : 1)
      row[j + 1] = min(replaced, last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
      }
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
