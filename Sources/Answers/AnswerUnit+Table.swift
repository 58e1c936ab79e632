extension AnswerUnit {
    /// A unit of the table: its first spelling, what it measures, and its factor to the base unit.
    struct Entry {
        var name: String
        var kind: Kind
        var scale: AnswerRational
    }

    /// The unit of that name. Symbols are read as they are written, since mW is not MW; names of three letters and more in
    /// any case.
    static func entry(_ name: String) -> Entry? {
        if let exact = table[name] { return exact }
        return name.utf8.count >= 3 || name == "AM" || name == "PM" ? names[name.lowercased()] : nil
    }

    private static func measure(
        _ dimension: String, _ system: String, _ numerator: Int64 = 1, _ denominator: Int64 = 1
    ) -> (Kind, AnswerRational) {
        (
            .measure(dimension: dimension, system: system, power: 1),
            AnswerRational(numerator, over: denominator)
        )
    }

    private static func currency(_ name: String, _ parts: Int64 = 1) -> (Kind, AnswerRational) {
        (.currency(name), AnswerRational(1, over: parts))
    }

    private static func counted(_ name: String) -> (Kind, AnswerRational) { (.word(name), AnswerRational(1)) }

    private static let rows: [(String, (Kind, AnswerRational))] = [
        ("% percent percentage pct pct.", (.percent, AnswerRational(1))),
        ("$ USD usd dollar dollars US$ buck bucks", currency("dollar")),
        ("¢ cent cents", currency("dollar", 100)),
        ("€ EUR eur euro euros", currency("euro")),
        ("£ GBP gbp pound-sterling", currency("pound sterling")),
        ("pence", currency("pound sterling", 100)),
        ("¥ JPY jpy yen", currency("yen")),
        ("₹ INR inr Rs rs rupee rupees", currency("rupee")),
        ("mm mm. millimeter millimeters millimetre millimetres", measure("length", "metric", 1, 1000)),
        ("cm cm. centimeter centimeters centimetre centimetres", measure("length", "metric", 1, 100)),
        ("m m. meter meters metre metres", measure("length", "metric")),
        ("km km. kilometer kilometers kilometre kilometres", measure("length", "metric", 1000)),
        ("in in. inch inches", measure("length", "imperial")),
        ("ft ft. foot feet", measure("length", "imperial", 12)),
        ("yd yd. yard yards", measure("length", "imperial", 36)),
        ("mi mi. mile miles", measure("length", "imperial", 63_360)),
        ("mg milligram milligrams", measure("mass", "metric", 1, 1000)),
        ("g gram grams", measure("mass", "metric")),
        ("kg kilogram kilograms kilo kilos", measure("mass", "metric", 1000)),
        ("t tonne tonnes", measure("mass", "metric", 1_000_000)),
        ("oz oz. ounce ounces", measure("mass", "imperial")),
        ("lb lb. lbs lbs.", measure("mass", "imperial", 16)),
        ("pound pounds", counted("pound")),
        ("ton tons", counted("ton")),
        ("mL ml milliliter milliliters millilitre millilitres", measure("volume", "metric", 1, 1000)),
        ("cL cl centiliter centiliters centilitre centilitres", measure("volume", "metric", 1, 100)),
        ("L l liter liters litre litres", measure("volume", "metric")),
        ("cup cups", measure("volume", "US")),
        ("pint pints", measure("volume", "US", 2)),
        ("quart quarts", measure("volume", "US", 4)),
        ("gallon gallons gal gal.", measure("volume", "US", 16)),
        ("ms millisecond milliseconds", measure("time", "clock", 1, 1000)),
        ("s sec sec. secs second seconds", measure("time", "clock")),
        ("min min. mins minute minutes", measure("time", "clock", 60)),
        ("h hr hr. hrs hour hours", measure("time", "clock", 3600)),
        ("day days", measure("time", "clock", 86_400)),
        ("week weeks", measure("time", "clock", 604_800)),
        ("month months", measure("time", "calendar")),
        ("year years yr yr. yrs", measure("time", "calendar", 12)),
        ("decade decades", measure("time", "calendar", 120)),
        ("century centuries", measure("time", "calendar", 1200)),
        ("° degree degrees", measure("angle", "degree")),
        ("rad radian radians", measure("angle", "radian")),
        ("°C celsius", measure("temperature", "celsius")),
        ("°F fahrenheit", measure("temperature", "fahrenheit")),
        ("am a.m. a.m", measure("time of day", "am")), ("pm p.m. p.m", measure("time of day", "pm")),
        ("mW milliwatt milliwatts", measure("power", "metric", 1, 1000)),
        ("watt watts", measure("power", "metric")),
        ("kW kilowatt kilowatts", measure("power", "metric", 1000)),
        ("MW megawatt megawatts", measure("power", "metric", 1_000_000)),
        ("joule joules", measure("energy", "joule")),
        ("kJ kilojoule kilojoules", measure("energy", "joule", 1000)),
        ("MJ megajoule megajoules", measure("energy", "joule", 1_000_000)),
        ("kWh", measure("energy", "joule", 3_600_000)),
        ("cal calorie calories", measure("energy", "calorie")),
        ("kcal kilocalorie kilocalories", measure("energy", "calorie", 1000)),
        ("newton newtons", counted("newton")), ("mol mole moles", counted("mole")),
        ("Hz hertz", measure("frequency", "metric")),
        ("kHz kilohertz", measure("frequency", "metric", 1000)),
        ("MHz megahertz", measure("frequency", "metric", 1_000_000)),
        ("GHz gigahertz", measure("frequency", "metric", 1_000_000_000)),
        ("mV millivolt millivolts", measure("voltage", "metric", 1, 1000)),
        ("volt volts", measure("voltage", "metric")),
        ("kV kilovolt kilovolts", measure("voltage", "metric", 1000)),
        ("mA milliampere milliamperes", measure("current", "metric", 1, 1000)),
        ("ampere amperes amp amps", measure("current", "metric")),
        ("Pa pascal pascals", measure("pressure", "metric")),
        ("kPa kilopascal kilopascals", measure("pressure", "metric", 1000)),
        ("bit bits", measure("data", "bit")), ("byte bytes", measure("data", "bit", 8)),
        ("KB kB kilobyte kilobytes", counted("kilobyte")), ("MB megabyte megabytes", counted("megabyte")),
        ("GB gigabyte gigabytes", counted("gigabyte")), ("TB terabyte terabytes", counted("terabyte")),
        ("acre acres", counted("acre")), ("hectare hectares ha", counted("hectare")),
        ("mph", counted("mile per hour")), ("kph km/h", counted("kilometer per hour")),
        ("tablespoon tablespoons tbsp", measure("volume", "spoon", 3)),
        ("teaspoon teaspoons tsp", measure("volume", "spoon")),
    ]

    private static let table: [String: Entry] = {
        var result: [String: Entry] = [:]
        for (spellings, unit) in rows {
            let names = spellings.split(separator: " ").map(String.init)
            let full = names.first { $0.count > 3 && $0.allSatisfy(\.isLetter) } ?? names[0]
            for name in names { result[name] = Entry(name: full, kind: unit.0, scale: unit.1) }
        }
        return result
    }()

    /// The names, as opposed to the symbols, in small letters.
    private static let names: [String: Entry] = table.filter { name, _ in
        (name.utf8.count > 2 || name == "am" || name == "pm") && name == name.lowercased()
    }

    static let measureScales: [String: [AnswerRational]] = {
        var result: [String: [AnswerRational]] = [:]
        for (_, unit) in rows {
            guard case .measure(let dimension, let system, _) = unit.0 else { continue }
            result[dimension + " " + system, default: []].append(unit.1)
        }
        return result
    }()

    static let currencyScales: [String: [AnswerRational]] = {
        var result: [String: [AnswerRational]] = [:]
        for (_, unit) in rows {
            guard case .currency(let name) = unit.0 else { continue }
            result[name, default: []].append(unit.1)
        }
        return result
    }()
}
