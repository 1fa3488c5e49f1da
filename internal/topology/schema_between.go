package topology

import (
	"slices"
	"strconv"
)

// What the schema says about fields that depend on each other.

// nothing is the schema of a field that must not be there.
var nothing = schema{Not: &schema{}}

// having tells an object with that field and value.
func having(key string, value schema) schema {
	return schema{Required: []string{key}, Properties: fields{{key, value}}}
}

// years are versions, each as a number and as a text.
func years(versions ...string) []any {
	var values []any
	for _, v := range versions {
		if n, err := strconv.Atoi(v); err == nil {
			values = append(values, n)
		}
		values = append(values, v)
	}
	return values
}

// versionsSchema has the known versions, and for each Exchange the versions of Lync that it goes with.
func versionsSchema() schema {
	var exchange, lync []string
	goesWith := map[string][]string{}
	for _, p := range pairs {
		exchange, lync = append(exchange, p.exchange), append(lync, p.lync)
		if p.refused == "" {
			goesWith[p.exchange] = append(goesWith[p.exchange], p.lync)
		}
	}
	exchange, lync = distinct(exchange), distinct(lync)
	s := closedObject("The product versions, by their year. Lync 2015 is Skype for Business Server 2015.", nil, fields{
		{"exchange", schema{Description: "Version of Exchange Server.", Enum: years(exchange...), Default: 2013}},
		{"lync", schema{Description: "Version of Lync Server, or of Skype for Business Server from 2015 on.", Enum: years(lync...), Default: 2013}},
	})
	s.MinProperties = 1
	for _, e := range exchange {
		s.AllOf = append(s.AllOf, pairSchema(e, goesWith[e]))
	}
	return s
}

func pairSchema(exchange string, lync []string) rule {
	r := rule{
		Comment: "What Exchange " + exchange + " is supported with.",
		If:      having("exchange", schema{Enum: years(exchange)}),
		Then:    schema{Properties: fields{{"lync", schema{Enum: years(lync...)}}}},
	}
	if exchange == defaultVersion {
		r.If.Required = nil
	}
	if !slices.Contains(lync, defaultVersion) {
		r.Then.Required = []string{"lync"}
	}
	return r
}

func distinct(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// withoutUMSchemas: where Exchange has no unified messaging, nothing is colocated and there are no dial plans.
func withoutUMSchemas() []rule {
	var rules []rule
	for _, version := range withoutUM() {
		pool := schema{Properties: fields{{"umColocated", schema{Const: false}}, {"sipDialPlans", nothing}}}
		rules = append(rules, rule{
			Comment: "Exchange " + version + " has no unified messaging.",
			If:      having("versions", having("exchange", schema{Enum: years(version)})),
			Then:    schema{Properties: fields{{"owaPools", schema{Items: &pool}}}},
		})
	}
	return rules
}

// allOfSeveralPools: the organisation-wide form of step 60 cannot be shared.
func allOfSeveralPools() rule {
	pool := schema{Properties: fields{{"clientAccessServers", schema{Not: &schema{Const: "all"}}}}}
	return rule{
		Comment: "Several pools cannot share what works on the whole organisation.",
		If:      having("owaPools", schema{MinItems: 2}),
		Then:    schema{Properties: fields{{"owaPools", schema{Items: &pool}}}},
	}
}
