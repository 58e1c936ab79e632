// DenatureTests
