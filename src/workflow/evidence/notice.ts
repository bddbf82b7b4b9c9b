/** R007, word for word as the packets carry it. */
export const NON_AUTHORITY_NOTICE =
  "This approval packet is child-local planning. It does not promote CTO artifacts into Core, does not activate Case as default backend, and does not authorize mutation before JP approval.";
