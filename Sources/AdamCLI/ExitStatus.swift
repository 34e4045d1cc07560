// Exit statuses, as README's table lists them.
import AdamKit

enum ExitStatus: Int32 {
  case success = 0
  /// A diagnostic of level error or a failed script.
  case failure = 1
  /// Wrong usage or an unreadable input.
  case usage = 2
  /// Training stopped because the loss was not finite.
  case nonFinite = 3
  /// Nothing to run.
  case nothingToRun = 4
  /// Output could not be written.
  case outputFailed = 74
  case interrupted = 130

  init(_ outcome: Session.Outcome) {
    switch outcome {
    case .completed: self = .success
    case .failed: self = .failure
    case .nonFinite: self = .nonFinite
    case .outputFailed: self = .outputFailed
    case .interrupted: self = .interrupted
    case .unusable: self = .usage
    }
  }
}
