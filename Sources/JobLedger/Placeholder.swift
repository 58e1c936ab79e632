enum JobLedgerPlaceholder {}
