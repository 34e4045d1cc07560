// Orthogonal matrices: the Q of the QR decomposition whose R has a positive diagonal.

enum Orthogonal {
  /// Replaces a [rows, columns] matrix by gain·Q, where Q has orthonormal columns (rows, if the
  /// matrix is wide). Gram–Schmidt in Double, each vector projected twice, so that orthogonality
  /// holds to rounding. A dependent vector becomes zero.
  static func replace(
    _ matrix: UnsafeMutableBufferPointer<Float>, rows: Int, columns: Int, gain: Float
  ) {
    let isTall = rows >= columns
    let count = min(rows, columns)
    let length = max(rows, columns)
    // Vector v, entry e: along a column of a tall matrix, along a row of a wide one.
    func place(_ v: Int, _ e: Int) -> Int { isTall ? e * columns + v : v * columns + e }
    var basis: [[Double]] = []
    for v in 0..<count {
      var vector = (0..<length).map { Double(matrix[place(v, $0)]) }
      for _ in 0..<2 {
        for other in basis {
          let along = dot(other, vector)
          for e in 0..<length { vector[e] -= along * other[e] }
        }
      }
      let norm = dot(vector, vector).squareRoot()
      if norm > 0 { for e in 0..<length { vector[e] /= norm } }
      for e in 0..<length { matrix[place(v, e)] = Float(vector[e]) * gain }
      basis.append(vector)
    }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }
}
