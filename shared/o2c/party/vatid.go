package party

import (
	"strconv"
	"strings"
)

// vatProofs are the check digits of VAT ids, after the country code, in the form
// of their country (algorithms that the member states gave the Commission; BMF
// Austria, "UID-Nummern, Konstruktionsregeln"). What is only sometimes checkable,
// such as numbers of natural persons in Latvia or the Czech Republic, passes.
var vatProofs = map[string]func(string) bool{
	"AT": func(s string) bool { return (luhnSum(s[1:8], 1)+4+digit(s[8]))%10 == 0 },
	"BE": func(s string) bool { return 97-number(s[:8])%97 == number(s[8:]) },
	"BG": bulgaria,
	"CY": func(s string) bool {
		sum := 0
		for i := range 8 {
			if n := digit(s[i]); i%2 == 0 {
				sum += []int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21}[n]
			} else {
				sum += n
			}
		}
		return int(s[8]-'A') == sum%26
	},
	"CZ": func(s string) bool { return len(s) != 8 || (11-weigh(s, 8, 7, 6, 5, 4, 3, 2)%11)%10 == digit(s[7]) },
	"DE": mod11and10,
	"DK": func(s string) bool { return weigh(s, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0 },
	"EE": func(s string) bool { return (weigh(s, 3, 7, 1, 3, 7, 1, 3, 7)+digit(s[8]))%10 == 0 },
	"EL": func(s string) bool { return weigh(s, 256, 128, 64, 32, 16, 8, 4, 2)%11%10 == digit(s[8]) },
	"ES": spain,
	"FI": func(s string) bool { return (weigh(s, 7, 9, 10, 5, 8, 4, 2)+digit(s[7]))%11 == 0 },
	"FR": func(s string) bool {
		key, err := strconv.Atoi(s[:2])
		return err != nil || (number(s[2:])*100+12)%97 == key // keys with letters have another rule, which is not published
	},
	"HR": mod11and10,
	"HU": func(s string) bool { return weigh(s, 9, 7, 3, 1, 9, 7, 3, 1)%10 == 0 },
	"IE": ireland,
	"IT": func(s string) bool { return (luhnSum(s[:10], 1)+digit(s[10]))%10 == 0 },
	"LT": lithuania,
	"LU": func(s string) bool { return number(s[:6])%89 == number(s[6:]) },
	"LV": latvia,
	"MT": func(s string) bool { return 37-weigh(s, 3, 4, 6, 7, 8, 9)%37 == number(s[6:]) },
	"NL": func(s string) bool { return elevenProof(s[:9]) || mod97("NL"+s) },
	"PL": func(s string) bool { return weigh(s, 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == digit(s[9]) },
	"PT": func(s string) bool { return (11-weigh(s, 9, 8, 7, 6, 5, 4, 3, 2)%11)%11%10 == digit(s[8]) },
	"RO": func(s string) bool {
		s = strings.Repeat("0", 10-len(s)) + s
		return weigh(s, 7, 5, 3, 2, 1, 7, 5, 3, 2)*10%11%10 == digit(s[9])
	},
	"SE": func(s string) bool { return (luhnSum(s[:9], 2)+digit(s[9]))%10 == 0 },
	"SI": func(s string) bool { return (11-weigh(s, 8, 7, 6, 5, 4, 3, 2)%11)%10 == digit(s[7]) },
	"SK": func(s string) bool { return number(s)%11 == 0 },
}

func digit(b byte) int { return int(b - '0') }

// number reads digits, as the form has made sure that they are.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// weigh adds up digits by their weights.
func weigh(s string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += digit(s[i]) * w
	}
	return sum
}

// luhnSum adds up digits, every second one doubled and its digits added; the
// first digit counts by first, 1 or 2.
func luhnSum(s string, first int) int {
	sum := 0
	for i := range len(s) {
		n := digit(s[i])
		if (i%2 == 0) == (first == 2) {
			n = n*2/10 + n*2%10
		}
		sum += n
	}
	return sum
}

// mod11and10 is ISO 7064 MOD 11,10; the last digit is the check.
func mod11and10(s string) bool {
	product := 10
	for i := range len(s) - 1 {
		sum := (digit(s[i]) + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	return (11-product)%10 == digit(s[len(s)-1])
}

// bulgaria: companies have nine digits, persons and foreigners ten.
func bulgaria(s string) bool {
	if len(s) == 9 {
		check := weigh(s, 1, 2, 3, 4, 5, 6, 7, 8) % 11
		if check == 10 {
			check = weigh(s, 3, 4, 5, 6, 7, 8, 9, 10) % 11 % 10
		}
		return check == digit(s[8])
	}
	last := digit(s[9])
	return weigh(s, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11%10 == last || weigh(s, 21, 19, 17, 13, 11, 9, 7, 3, 1)%10 == last ||
		(11-weigh(s, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11)%11 == last
}

// spain: persons have a letter by the number's remainder by 23, companies a digit
// or a letter that stands for it.
func spain(s string) bool {
	if i := strings.IndexByte("XYZ", s[0]); i >= 0 || s[0] <= '9' {
		n := number(s[1:8])
		if i > 0 {
			n += i * 10_000_000
		} else if i < 0 {
			n = number(s[:8])
		}
		return "TRWAGMYFPDXBNJZSQVHLCKE"[n%23] == s[8]
	}
	if strings.IndexByte("KLM", s[0]) >= 0 {
		return true
	}
	check := (10 - luhnSum(s[1:8], 2)%10) % 10
	return s[8] == byte('0'+check) || s[8] == "JABCDEFGHI"[check]
}

// ireland: seven digits, a check letter, and since 2013 a second letter that
// counts nine times. Older numbers have a letter or sign in the second place.
func ireland(s string) bool {
	if s[1] < '0' || s[1] > '9' {
		s = "0" + s[2:7] + s[:1] + s[7:]
	}
	sum := weigh(s, 8, 7, 6, 5, 4, 3, 2)
	if len(s) == 9 {
		sum += int(s[8]-'@') % 23 * 9
	}
	return "WABCDEFGHIJKLMNOPQRSTUV"[sum%23] == s[7]
}

// lithuania: nine digits of companies, twelve of those registered for a time.
func lithuania(s string) bool {
	last := len(s) - 1
	add := func(from int) int {
		sum := 0
		for i := range last {
			sum += digit(s[i]) * ((i+from-1)%9 + 1)
		}
		return sum % 11
	}
	check := add(1)
	if check == 10 {
		check = add(3) % 10
	}
	return check == digit(s[last])
}

// latvia: companies, whose number begins above 3.
func latvia(s string) bool {
	if s[0] <= '3' {
		return true
	}
	sum := weigh(s, 9, 1, 4, 8, 3, 10, 2, 5, 7, 6)
	if sum%11 == 4 && s[0] == '9' {
		sum -= 45
	}
	rest := sum % 11
	check := 3 - rest
	switch {
	case rest == 4:
		check = 0
	case rest > 4:
		check = 14 - rest
	}
	return check == digit(s[10])
}
