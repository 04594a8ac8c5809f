"""Pages of the enquiry: the list, the typed form, one enquiry with its steps, the conversion figures."""
