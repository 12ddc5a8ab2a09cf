// Queries to begin with.

export const SAMPLES = [
  {
    name: "A customer at a glance",
    note: "Tier, wallet and the latest of the history",
    variables: { id: "ana-0042" },
    query: `query Glance($id: ID!) {
  customer(id: $id) {
    name
    tier {
      since
      tier { name level }
      previousTier { name }
    }
    wallet {
      asOf
      balances { reward { name } total reserved expiresAt }
    }
    history(first: 5) {
      nodes { kind occurredAt }
    }
  }
}
`,
  },
  {
    name: "A history, page by page",
    note: "Movements with their lines; hand endCursor back as after",
    variables: { id: "ana-0042", first: 20, after: null },
    query: `query History($id: ID!, $first: Int, $after: String) {
  customer(id: $id) {
    history(
      first: $first
      after: $after
      filter: { kinds: [CUSTOMER_ACCUMULATION, CUSTOMER_REDEMPTION] }
    ) {
      pageInfo { hasNextPage endCursor }
      nodes {
        kind
        occurredAt
        ... on Accumulation { lines { amount reward { name } } }
        ... on Redemption { lines { amount reward { name } } }
      }
    }
  }
}
`,
  },
  {
    name: "Tier changes and their mail",
    note: "Every change of a customer, and what became of its message",
    variables: { id: "ana-0042" },
    query: `query TierChanges($id: ID!) {
  customer(id: $id) {
    tierChanges(first: 10) {
      nodes {
        occurredAt
        direction
        from { name }
        to { name }
        notification { state }
      }
    }
  }
}
`,
  },
  {
    name: "A year by months",
    note: "What was earned and redeemed, summed up exactly",
    variables: { id: "ana-0042", timeZone: "America/Bogota" },
    query: `query Months($id: ID!, $timeZone: String) {
  customer(id: $id) {
    summary(groupBy: MONTH, timeZone: $timeZone) {
      start
      reward { name }
      earned
      redeemed
      entries
    }
  }
}
`,
  },
  {
    name: "Customers, the newest first",
    note: "A connection, as Relay has it",
    variables: { first: 10 },
    query: `query Customers($first: Int) {
  customers(first: $first) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { customerId name firstSeenAt tier { tier { name } } }
  }
}
`,
  },
  {
    name: "Tiers and rewards",
    note: "What payloads have told of",
    query: `{
  tiers { id name level }
  rewards { id name type }
}
`,
  },
  {
    name: "What could not be read",
    note: "For operators: the log's quarantine",
    query: `query Quarantine {
  events(first: 10, filter: { state: QUARANTINED }) {
    nodes { eventId name receivedAt quarantineReason }
  }
}
`,
  },
  {
    name: "Follow a customer",
    note: "A subscription: every new entry, as it comes",
    variables: { id: "ana-0042", after: null },
    query: `subscription Follow($id: ID, $after: String) {
  historyEntryAdded(customerId: $id, after: $after) {
    cursor
    node { kind occurredAt customer { name } }
  }
}
`,
  },
  {
    name: "Follow changes of tier",
    note: "A subscription across all customers",
    variables: { after: null },
    query: `subscription Tiers($after: String) {
  tierChanged(after: $after) {
    cursor
    node {
      direction
      customer { name }
      from { name }
      to { name }
    }
  }
}
`,
  },
];
