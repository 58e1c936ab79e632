import Foundation

/// What a template's clock says (`strftime_now`).
public struct ChatTemplateDate: Hashable, Sendable {
    /// The year, from 1 to 9999.
    public let year: Int
    /// The month, from 1.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int
    /// The hour, from 0.
    public let hour: Int
    /// The minute.
    public let minute: Int
    /// The second.
    public let second: Int

    /// A date and time of day that exist.
    ///
    /// - Returns: nil for one that does not.
    public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), (0..<24).contains(hour),
            (0..<60).contains(minute), (0..<60).contains(second), day >= 1, day <= Self.days(year: year, month: month)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// A date written `YYYY-MM-DD`.
    ///
    /// - Returns: nil for anything else.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) })
        else { return nil }
        let numbers = parts.map { $0.reduce(0) { $0 * 10 + Int($1) - 0x30 } }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// The date and time here and now, in the time zone of the machine.
    public static var now: ChatTemplateDate {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .current
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: Date())
        return ChatTemplateDate(
            year: parts.year ?? 1, month: parts.month ?? 1, day: parts.day ?? 1, hour: parts.hour ?? 0,
            minute: parts.minute ?? 0, second: parts.second ?? 0) ?? epoch
    }

    private static let epoch = ChatTemplateDate(unchecked: 1970)

    private init(unchecked year: Int) {
        self.year = year
        month = 1
        day = 1
        hour = 0
        minute = 0
        second = 0
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day of the year, from 1.
    var dayOfYear: Int {
        (1..<month).reduce(day) { $0 + Self.days(year: year, month: $1) }
    }

    /// The day of the week, Sunday 0.
    var weekday: Int {
        let before = year - 1
        // 1 January of year 1 was a Monday.
        return (before * 365 + before / 4 - before / 100 + before / 400 + dayOfYear) % 7
    }
}

extension ChatTemplateDate {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// The date written as a format of C's `strftime` asks, in the C locale.
    ///
    /// - Returns: nil for a format with a directive that is not known.
    func formatted(_ format: String) -> String? {
        var out = ""
        var scalars = format.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "%" else {
                out.unicodeScalars.append(scalar)
                continue
            }
            guard var directive = scalars.next() else { return nil }
            var isPadded = true
            if directive == "-" {
                guard let next = scalars.next() else { return nil }
                isPadded = false
                directive = next
            }
            guard let text = field(directive, isPadded: isPadded) else { return nil }
            out += text
        }
        return out
    }

    private func field(_ directive: Unicode.Scalar, isPadded: Bool) -> String? {
        func number(_ value: Int, _ width: Int, _ fill: Character = "0") -> String {
            let digits = String(value)
            return isPadded ? String(repeating: fill, count: max(0, width - digits.count)) + digits : digits
        }
        let name = Self.weekdays[weekday]
        let monthName = Self.months[month - 1]
        let hour12 = (hour + 11) % 12 + 1
        switch directive {
        case "a": return String(name.prefix(3))
        case "A": return name
        case "b", "h": return String(monthName.prefix(3))
        case "B": return monthName
        case "c": return formatted("%a %b %e %H:%M:%S %Y")
        case "C": return number(year / 100, 2)
        case "d": return number(day, 2)
        case "D", "x": return formatted("%m/%d/%y")
        case "e": return number(day, 2, " ")
        case "F": return formatted("%Y-%m-%d")
        case "H": return number(hour, 2)
        case "I": return number(hour12, 2)
        case "j": return number(dayOfYear, 3)
        case "m": return number(month, 2)
        case "M": return number(minute, 2)
        case "n": return "\n"
        case "p": return hour < 12 ? "AM" : "PM"
        case "r": return formatted("%I:%M:%S %p")
        case "R": return formatted("%H:%M")
        case "S": return number(second, 2)
        case "t": return "\t"
        case "T", "X": return formatted("%H:%M:%S")
        case "u": return String(weekday == 0 ? 7 : weekday)
        case "U": return number((dayOfYear + 6 - weekday) / 7, 2)
        case "w": return String(weekday)
        case "W": return number((dayOfYear + 6 - (weekday + 6) % 7) / 7, 2)
        case "y": return number(year % 100, 2)
        case "Y": return String(year)
        case "%": return "%"
        default: return nil
        }
    }
}
